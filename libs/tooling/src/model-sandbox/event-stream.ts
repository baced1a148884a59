import type { Message, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';

const DELTA_CHARS = 24;

/** The message as the server-sent events of a streamed answer. */
export function eventStream(message: Message): string {
  const ping = { type: 'ping' } as const;
  const [start, ...others] = eventsOf(message);
  return [start, ping, ...others]
    .map((event) => (event ? `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n` : ''))
    .join('');
}

function eventsOf(message: Message): RawMessageStreamEvent[] {
  const { content, stop_reason, stop_sequence, usage } = message;
  return [
    {
      type: 'message_start',
      message: {
        ...message,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, output_tokens: 1 },
      },
    },
    ...content.flatMap(eventsOfBlock),
    {
      type: 'message_delta',
      delta: { stop_reason, stop_sequence, stop_details: null, container: null },
      usage: {
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
        cache_creation_input_tokens: usage.cache_creation_input_tokens,
        cache_read_input_tokens: usage.cache_read_input_tokens,
        output_tokens_details: null,
        server_tool_use: null,
      },
    },
    { type: 'message_stop' },
  ];
}

function eventsOfBlock(block: Message['content'][number], index: number): RawMessageStreamEvent[] {
  const stop: RawMessageStreamEvent = { type: 'content_block_stop', index };
  if (block.type === 'tool_use') {
    return [
      { type: 'content_block_start', index, content_block: { ...block, input: {} } },
      ...piecesOf(JSON.stringify(block.input)).map((piece): RawMessageStreamEvent => {
        return {
          type: 'content_block_delta',
          index,
          delta: { type: 'input_json_delta', partial_json: piece },
        };
      }),
      stop,
    ];
  }
  if (block.type !== 'text') return [];
  return [
    { type: 'content_block_start', index, content_block: { ...block, text: '' } },
    ...piecesOf(block.text).map((piece): RawMessageStreamEvent => {
      return { type: 'content_block_delta', index, delta: { type: 'text_delta', text: piece } };
    }),
    stop,
  ];
}

function piecesOf(text: string): string[] {
  const count = Math.ceil(text.length / DELTA_CHARS);
  return Array.from({ length: count }, (_, at) => text.slice(at * DELTA_CHARS, (at + 1) * DELTA_CHARS));
}

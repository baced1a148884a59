import { describe, expect, it } from '@jest/globals';
import { AnthropicEvents } from './read-events.ts';

const start = {
  type: 'message_start',
  message: {
    id: 'm1',
    model: 'claude',
    usage: { input_tokens: 8, cache_read_input_tokens: 4, cache_creation_input_tokens: 2, output_tokens: 1 },
  },
};
const end = [
  { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } },
  { type: 'message_stop' },
];
const block = (content: object, ...deltas: object[]) => [
  { type: 'content_block_start', index: 0, content_block: content },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
  { type: 'content_block_stop', index: 0 },
];

function readAll(events: object[]) {
  const reader = new AnthropicEvents();
  return [...events.flatMap((event) => reader.read(event)), ...reader.close()];
}

describe('a stream of messages', () => {
  it('is its blocks, with the usage of its beginning and its end', () => {
    const events = readAll([
      start,
      { type: 'ping' },
      ...block(
        { type: 'thinking', thinking: '' },
        { type: 'thinking_delta', thinking: 'hm' },
        { type: 'signature_delta', signature: 's' },
      ),
      ...block(
        { type: 'tool_use', id: 't', name: 'f', input: {} },
        { type: 'input_json_delta', partial_json: '{}' },
      ),
      ...end,
    ]);
    expect(events).toEqual([
      { type: 'start', id: 'm1', responseModel: 'claude' },
      { type: 'part.start', part: { type: 'thinking' } },
      { type: 'part.delta', delta: { text: 'hm' } },
      { type: 'part.delta', delta: { signature: 's' } },
      { type: 'part.end' },
      { type: 'part.start', part: { type: 'tool_use', id: 't', name: 'f' } },
      { type: 'part.delta', delta: { json: '{}' } },
      { type: 'part.end' },
      {
        type: 'end',
        stopReason: 'tool_use',
        usage: { freshInputTokens: 8, cacheReadTokens: 4, cacheWriteTokens: 2, outputTokens: 9 },
      },
    ]);
  });

  it('that ends without an end was cut, and tells what it took so far', () => {
    expect(readAll([start]).at(-1)).toEqual({
      type: 'error',
      error: expect.objectContaining({ code: 'upstream_error' }),
      usage: { freshInputTokens: 8, cacheReadTokens: 4, cacheWriteTokens: 2, outputTokens: 1 },
    });
  });

  it('that breaks the protocol has failed, once', () => {
    const broken = { type: 'message_delta', delta: {} };
    expect(readAll([start, broken, ...end]).filter(({ type }) => type === 'error')).toHaveLength(1);
  });
});

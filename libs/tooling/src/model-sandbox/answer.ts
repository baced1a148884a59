import type { Message, StopReason } from '@anthropic-ai/sdk/resources/messages';
import type { MessagesRequest } from './request.ts';
import { simulatedId } from './simulated-id.ts';
import { cutToTokens, simulatedTokens, usageOf } from './usage.ts';

interface Ending {
  stopReason: StopReason;
  stopSequence?: string;
}

/** A message of text, ended where the request's stop sequences or `max_tokens` want it. */
export function textAnswer(request: MessagesRequest, text: string): Message {
  const { text: kept, ...ending } = endText(request, text);
  const content: Message['content'] = [{ type: 'text', text: kept, citations: null }];
  return message(request, { content, written: kept, ending });
}

/** A message that calls the tool with the input; cut off, as `max_tokens` does it, the input is empty. */
export function toolAnswer(request: MessagesRequest, name: string, input: unknown): Message {
  const json = JSON.stringify(input);
  const isCut = simulatedTokens(json) > request.max_tokens;
  const content: Message['content'] = [
    {
      type: 'tool_use',
      id: simulatedId('toolu'),
      name,
      input: isCut ? {} : input,
      caller: { type: 'direct' },
    },
  ];
  const written = isCut ? cutToTokens(json, request.max_tokens) : json;
  return message(request, { content, written, ending: { stopReason: isCut ? 'max_tokens' : 'tool_use' } });
}

function endText(request: MessagesRequest, text: string): Ending & { text: string } {
  const { stop_sequences: sequences = [], max_tokens: tokensMax } = request;
  const found = sequences
    .map((sequence) => ({ sequence, at: text.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)[0];
  const stopped = found === undefined ? text : text.slice(0, found.at);
  if (simulatedTokens(stopped) > tokensMax) {
    return { text: cutToTokens(stopped, tokensMax), stopReason: 'max_tokens' };
  }
  if (found === undefined) return { text, stopReason: 'end_turn' };
  return { text: stopped, stopReason: 'stop_sequence', stopSequence: found.sequence };
}

interface Written {
  content: Message['content'];
  /** What is counted as output. */
  written: string;
  ending: Ending;
}

function message(request: MessagesRequest, { content, written, ending }: Written): Message {
  return {
    id: simulatedId('msg'),
    type: 'message',
    role: 'assistant',
    model: `simulated-${request.model}`,
    content,
    stop_reason: ending.stopReason,
    stop_sequence: ending.stopSequence ?? null,
    stop_details: null,
    usage: usageOf(request, written),
    container: null,
    diagnostics: null,
  };
}

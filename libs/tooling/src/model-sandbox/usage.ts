import type { Usage } from '@anthropic-ai/sdk/resources/messages';
import { textOf, type MessagesRequest } from './request.ts';

const CHARS_PER_TOKEN = 4;

/** Tokens of a text by the sandbox's rule: one for every four characters begun, at least one. */
export function simulatedTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / CHARS_PER_TOKEN));
}

/** The start of a text that has no more than so many tokens. */
export function cutToTokens(text: string, tokens: number): string {
  return text.slice(0, tokens * CHARS_PER_TOKEN);
}

/** What the request and an answer would be billed for: system, turns and tools go in. */
export function usageOf(request: MessagesRequest, answer: string): Usage {
  const { system, messages, tools } = request;
  const turns = messages.map(({ content }) =>
    typeof content === 'string' ? content : JSON.stringify(content),
  );
  const input = [textOf(system), ...turns, tools === undefined ? '' : JSON.stringify(tools)].join('');
  return {
    input_tokens: simulatedTokens(input),
    output_tokens: simulatedTokens(answer),
    cache_creation: null,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    inference_geo: null,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: 'standard',
    speed: null,
  };
}

import type { LlmRequest } from '@aos/contracts';
import type { Model } from './model.ts';
import { costOf } from './pricing.ts';

/**
 * Bytes of UTF-8 that are counted as one token. The tokenizers take about three to four bytes of English or German, two
 * and a half of JSON, two of Chinese or Japanese for one token, so that two rather counts too many than too few.
 */
const BYTES_PER_TOKEN = 2;
/** What the protocol puts around each message. */
const TOKENS_PER_MESSAGE = 10;
/** What a provider adds to the prompt as soon as there is a tool (Anthropic says up to 804). */
const TOKENS_OF_TOOL_USE = 1_000;

/** What a call may take at most. */
interface TokensExpected {
  inputTokens: number;
  /** Absent: as much as the model can write. */
  outputTokensMax?: number | undefined;
}

/** The most a call may be expected to cost, in micro-cents: all the output it may write included. */
export function estimateMicrocents(model: Model, { inputTokens, outputTokensMax }: TokensExpected): number {
  return costOf(model, {
    freshInputTokens: inputTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: outputTokensMax ?? model.outputTokensMax,
  });
}

/** The input of a service's request, counted carefully. */
export function estimateInputTokens({ system = '', messages, response_schema: schema }: LlmRequest): number {
  const texts = [system, ...messages.map(({ content }) => content)];
  const bytes = texts.reduce((sum, text) => sum + bytesOf(text), 0);
  const ofSchema = schema === undefined ? 0 : TOKENS_OF_TOOL_USE + tokensOf(bytesOf(JSON.stringify(schema)));
  return tokensOf(bytes) + (messages.length + 1) * TOKENS_PER_MESSAGE + ofSchema;
}

/** Counted carefully: rather too many than too few. */
export function tokensOf(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

const encoder = new TextEncoder();

function bytesOf(text: string): number {
  return encoder.encode(text).byteLength;
}

import { z } from 'zod';
import type { Usage } from '../../domain/pricing.ts';

const tokens = z.int().nonnegative();

/** Of a message, and of `message_start` and `message_delta` in a stream. */
export const anthropicUsage = z.object({
  input_tokens: tokens.nullish(),
  cache_creation_input_tokens: tokens.nullish(),
  cache_read_input_tokens: tokens.nullish(),
  output_tokens: tokens,
  output_tokens_details: z.object({ thinking_tokens: tokens.nullish() }).nullish(),
});

/** `before`: what was told earlier in the stream; the counts of a stream are totals, later ones replace earlier ones. */
export function fromAnthropicUsage(usage: z.infer<typeof anthropicUsage>, before?: Usage): Usage {
  const reasoningTokens = usage.output_tokens_details?.thinking_tokens ?? before?.reasoningTokens;
  return {
    freshInputTokens: usage.input_tokens ?? before?.freshInputTokens ?? 0,
    cacheReadTokens: usage.cache_read_input_tokens ?? before?.cacheReadTokens ?? 0,
    cacheWriteTokens: usage.cache_creation_input_tokens ?? before?.cacheWriteTokens ?? 0,
    outputTokens: usage.output_tokens,
    ...(reasoningTokens !== undefined && { reasoningTokens }),
  };
}

import { z } from 'zod';
import type { Usage } from '../../domain/pricing.ts';

const tokens = z.int().nonnegative();

/** Of a completion, and of the last chunk of a stream. */
export const openAiUsage = z.object({
  prompt_tokens: tokens,
  completion_tokens: tokens.nullish(),
  prompt_tokens_details: z
    .object({ cached_tokens: tokens.nullish(), cache_write_tokens: tokens.nullish() })
    .nullish(),
  completion_tokens_details: z.object({ reasoning_tokens: tokens.nullish() }).nullish(),
});

/** Here the cached tokens are a part of the prompt's. */
export function fromOpenAiUsage(usage: z.infer<typeof openAiUsage>): Usage {
  const cacheReadTokens = usage.prompt_tokens_details?.cached_tokens ?? 0;
  const cacheWriteTokens = usage.prompt_tokens_details?.cache_write_tokens ?? 0;
  const reasoningTokens = usage.completion_tokens_details?.reasoning_tokens;
  return {
    freshInputTokens: Math.max(0, usage.prompt_tokens - cacheReadTokens - cacheWriteTokens),
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: usage.completion_tokens ?? 0,
    ...(typeof reasoningTokens === 'number' && { reasoningTokens }),
  };
}

import type { RetryPolicy } from '@aos/contracts';

/**
 * How long to wait after the given failed attempt (from 1): exponential backoff with equal jitter, half of it fixed and
 * half drawn by `random` (0 ≤ random < 1). A `retryAfterMs` the other side asked for is the least.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: number, retryAfterMs = 0): number {
  const grown = policy.initial_interval_ms * policy.backoff_coefficient ** (attempt - 1);
  const bounded = Math.min(grown, policy.maximum_interval_ms);
  return Math.max(Math.round(bounded / 2 + (bounded / 2) * random), retryAfterMs);
}

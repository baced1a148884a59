/** `limit` tokens, refilled evenly over `windowMs`; a request takes one. */
export interface RatePolicy {
  /** Names the bucket and the policy in the RateLimit headers. */
  name: string;
  limit: number;
  windowMs: number;
}

/** What is in a bucket at a time (epoch milliseconds). */
export interface Bucket {
  tokens: number;
  atMs: number;
}

/** What a caller learns of its bucket. */
export interface Verdict {
  isAllowed: boolean;
  policy: RatePolicy;
  /** Whole requests left. */
  remaining: number;
  /** Until the next request can pass if none is left, else until the bucket is full again. */
  resetMs: number;
}

/** Takes one token if there is one. An unknown bucket is full; a clock that went back refills nothing. */
export function takeToken(
  policy: RatePolicy,
  bucket: Bucket | undefined,
  nowMs: number,
): { isAllowed: boolean; bucket: Bucket } {
  const elapsedMs = bucket === undefined ? 0 : Math.max(0, nowMs - bucket.atMs);
  const before = bucket?.tokens ?? policy.limit;
  const tokens = Math.min(policy.limit, before + (elapsedMs * policy.limit) / policy.windowMs);
  const isAllowed = tokens >= 1;
  return { isAllowed, bucket: { tokens: isAllowed ? tokens - 1 : tokens, atMs: nowMs } };
}

export function verdictOf(policy: RatePolicy, isAllowed: boolean, tokens: number): Verdict {
  const remaining = Math.floor(tokens);
  const missing = remaining === 0 ? 1 - tokens : policy.limit - tokens;
  return { isAllowed, policy, remaining, resetMs: Math.ceil((missing * policy.windowMs) / policy.limit) };
}

/** Longer waits asked for by the other side are not believed. */
const RETRY_AFTER_MS_MAX = 3_600_000;

/** Milliseconds of a Retry-After header (RFC 9110 §10.2.3: seconds or a date), at most an hour; undefined: it says nothing. */
export function retryAfterMs(header: string, nowMs: number): number | undefined {
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), RETRY_AFTER_MS_MAX);
}

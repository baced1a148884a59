import { describe, expect, it } from '@jest/globals';
import { takeToken, verdictOf, type Bucket, type RatePolicy } from './token-bucket.ts';

const POLICY: RatePolicy = { name: 'goals', limit: 60, windowMs: 60_000 };

function takeMany(count: number, start: Bucket | undefined, nowMs: number) {
  let bucket = start;
  let allowed = 0;
  for (let taken = 0; taken < count; taken += 1) {
    const result = takeToken(POLICY, bucket, nowMs);
    bucket = result.bucket;
    allowed += result.isAllowed ? 1 : 0;
  }
  return { bucket, allowed };
}

describe('a token bucket', () => {
  it('lets exactly its limit pass at once', () => {
    expect(takeMany(100, undefined, 0).allowed).toBe(60);
  });

  it('refills evenly and never above its limit', () => {
    const { bucket } = takeMany(60, undefined, 0);
    expect(takeMany(10, bucket, 999).allowed).toBe(0);
    expect(takeMany(10, bucket, 5_000).allowed).toBe(5);
    expect(takeMany(1_000, bucket, 10 * 60_000).allowed).toBe(60);
  });

  it('does not refill when the clock goes back', () => {
    const { bucket } = takeMany(60, undefined, 100_000);
    expect(takeMany(1, bucket, 0).allowed).toBe(0);
  });

  it('keeps what is refilled while it refuses', () => {
    const { bucket } = takeMany(60, undefined, 0);
    const halfway = takeToken(POLICY, bucket, 600);
    expect(halfway.isAllowed).toBe(false);
    expect(takeToken(POLICY, halfway.bucket, 1_000).isAllowed).toBe(true);
  });
});

describe('a verdict', () => {
  it('says when the next request can pass if none is left', () => {
    expect(verdictOf(POLICY, false, 0.25)).toMatchObject({ isAllowed: false, remaining: 0, resetMs: 750 });
  });

  it('says when the bucket is full again if some is left', () => {
    expect(verdictOf(POLICY, true, 50.5)).toMatchObject({ remaining: 50, resetMs: 9_500 });
  });
});

import { describe, expect, it } from '@jest/globals';
import { assert, double, integer, property } from 'fast-check';
import { retryDelayMs } from './retry.ts';

const POLICY = {
  maximum_attempts: 5,
  initial_interval_ms: 1_000,
  backoff_coefficient: 2,
  maximum_interval_ms: 10_000,
};

describe('the delay before a retry', () => {
  it.each([
    { attempt: 1, random: 0, delayMs: 500 },
    { attempt: 1, random: 0.999_999, delayMs: 1_000 },
    { attempt: 2, random: 0, delayMs: 1_000 },
    { attempt: 4, random: 0.5, delayMs: 6_000 },
    { attempt: 5, random: 0, delayMs: 5_000 },
    { attempt: 20, random: 0.999_999, delayMs: 10_000 },
  ])('after attempt $attempt with $random is $delayMs ms', ({ attempt, random, delayMs }) => {
    expect(retryDelayMs(POLICY, attempt, random)).toBe(delayMs);
  });

  it('lies between half and all of the grown interval, and never over the maximum', () => {
    const randoms = double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    assert(
      property(integer({ min: 1, max: 20 }), randoms, (attempt, random) => {
        const grown = Math.min(1_000 * 2 ** (attempt - 1), 10_000);
        const delayMs = retryDelayMs(POLICY, attempt, random);
        return delayMs >= grown / 2 && delayMs <= grown;
      }),
    );
  });

  it('is at least what the other side asked for', () => {
    expect(retryDelayMs(POLICY, 1, 0, 30_000)).toBe(30_000);
    expect(retryDelayMs(POLICY, 1, 0, 10)).toBe(500);
  });
});

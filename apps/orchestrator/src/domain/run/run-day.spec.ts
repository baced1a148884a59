import { describe, expect, it } from '@jest/globals';
import { runDay } from './run-day.ts';

describe('the day of a run', () => {
  it.each([
    ['017f22e2-79b0-7cc3-98c4-dc0c0c07398f', '2022-02-22'],
    ['00000000-0000-7000-8000-000000000000', '1970-01-01'],
    ['019b76da-a7ff-7000-8000-000000000000', '2025-12-31'],
    ['019b76da-a800-7000-8000-000000000000', '2026-01-01'],
  ])('of %s is %s, by UTC', (runId, day) => {
    expect(runDay(runId)).toBe(day);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { PlanStep } from '@aos/contracts';
import { planDurationMs } from './plan-duration.ts';

const step = (step_id: string, depends_on: string[] = []): PlanStep => ({
  step_id,
  skill: 'wait',
  skill_version: '1',
  params: {},
  depends_on,
  timeout_ms: 1,
  retry: { maximum_attempts: 1, initial_interval_ms: 0, backoff_coefficient: 1, maximum_interval_ms: 0 },
});
const LATENCY = new Map([
  ['a', 100],
  ['b', 200],
  ['c', 300],
  ['d', 50],
]);

describe('the duration of a plan', () => {
  it.each([
    [8, 300],
    [3, 300],
    [2, 400],
    [1, 600],
  ])('of three branches with %i at once is %i ms', (maxParallel, expected) => {
    expect(planDurationMs([step('a'), step('b'), step('c')], LATENCY, maxParallel)).toBe(expected);
  });

  it('is that of its longest way where there is room for all', () => {
    const diamond = [step('a'), step('b', ['a']), step('c', ['a']), step('d', ['b', 'c'])];
    expect(planDurationMs(diamond, LATENCY, 8)).toBe(450);
    expect(planDurationMs(diamond, LATENCY, 1)).toBe(650);
    expect(planDurationMs([], LATENCY, 1)).toBe(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { issuesOf } from './issues.ts';
import { GOAL_LIMITS, jsonBytes } from './limits.ts';
import { goalInput } from './run.ts';

const issues = (more: object) => {
  const judged = goalInput.safeParse({ goal: 'g', ...more });
  return judged.success ? [] : issuesOf(judged.error);
};
const step = { skill: 'json_transform', params: {} };
const labelled = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_none, index) => [`l${index}`, '']));
/** Of exactly so many bytes as JSON. */
const contextOf = (bytes: number) => ({ text: 'é'.repeat((bytes - 11) / 2) + 'x'.repeat((bytes - 11) % 2) });

/** Each as large as can be, and one more. */
const CASES = [
  { field: '/goal', most: GOAL_LIMITS.goal_chars_max, of: (n: number) => ({ goal: 'x'.repeat(n) }) },
  { field: '/labels', most: GOAL_LIMITS.labels_max, of: (n: number) => ({ labels: labelled(n) }) },
  { field: '/context', most: GOAL_LIMITS.context_bytes_max, of: (n: number) => ({ context: contextOf(n) }) },
  {
    field: '/plan',
    most: GOAL_LIMITS.plan_steps_max,
    of: (n: number) => ({ plan: Array.from({ length: n }, () => ({ ...step })) }),
  },
  { field: '/max_parallel', most: GOAL_LIMITS.max_parallel_max, of: (n: number) => ({ max_parallel: n }) },
  {
    field: '/plan/0/timeout_ms',
    most: GOAL_LIMITS.step_timeout_ms_max,
    of: (n: number) => ({ plan: [{ ...step, timeout_ms: n }] }),
  },
  {
    field: '/plan/0/retry/maximum_attempts',
    most: GOAL_LIMITS.step_attempts_max,
    of: (n: number) => ({ plan: [{ ...step, retry: { maximum_attempts: n } }] }),
  },
];

describe('the limits of a goal', () => {
  it.each(CASES)('take $most of $field, and refuse one more with the number', ({ field, most, of }) => {
    expect(issues(of(most))).toEqual([]);
    expect(issues(of(most + 1))).toEqual([{ field, message: expect.stringContaining(String(most)) }]);
  });

  it('count bytes, not characters', () => {
    expect(jsonBytes(contextOf(GOAL_LIMITS.context_bytes_max))).toBe(GOAL_LIMITS.context_bytes_max);
  });
});

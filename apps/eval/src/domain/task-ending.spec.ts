import { goldenTask, type Run } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Checks } from './checks.ts';
import { judgedEnding, unjudgedEnding } from './task-ending.ts';

const none = () => undefined;
const checks: Checks = {
  misfitOfPattern: none,
  misfitOfSchema: none,
  problemOfPattern: none,
  problemOfSchema: none,
};

const task = goldenTask.parse({
  name: 'a',
  goal: 'do it',
  assertions: [
    { path: '/status', op: 'equals', value: 'succeeded' },
    { path: '/cost_microcents', op: 'lte', value: 10 },
  ],
});

const run = (more: object = {}) =>
  ({
    status: 'succeeded',
    cost_microcents: 10,
    created_at: '2026-01-01T00:00:01.000Z',
    finished_at: '2026-01-01T00:00:01.250Z',
    outcome: null,
    ...more,
  }) as unknown as Run;

describe('the end of a task', () => {
  it('is passed only when every assertion holds', () => {
    expect(judgedEnding(task, run(), checks)).toMatchObject({ status: 'passed', latencyMs: 250 });
    expect(judgedEnding(task, run({ cost_microcents: 11 }), checks)).toMatchObject({
      status: 'failed',
      costMicrocents: 11,
      assertions: [{ passed: true }, { passed: false }],
    });
  });

  it('takes no negative time, whatever the clocks said', () => {
    expect(judgedEnding(task, run({ finished_at: '2026-01-01T00:00:00.000Z' }), checks).latencyMs).toBe(0);
  });

  it('that could not be judged says why, without what cannot be stored', () => {
    expect(unjudgedEnding(`a\0b${'c'.repeat(600)}`)).toMatchObject({
      status: 'error',
      error: expect.stringMatching(/^abc+…$/),
    });
  });
});

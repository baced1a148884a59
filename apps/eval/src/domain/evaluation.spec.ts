import type { TaskResult } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { evaluationView, scoreOf, type EvaluationRecord } from './evaluation.ts';

const record: EvaluationRecord = {
  evaluationId: '0193b0a0-0000-7000-8000-000000000001',
  tenantId: 'acme',
  suite: 'shop',
  suiteVersion: 1,
  status: 'failed',
  taskCount: 3,
  tasksPassed: 2,
  tasksFailed: 1,
  costMicrocents: 1,
  createdAt: new Date(0),
  finishedAt: null,
};

const task = (name: string, size: number): TaskResult => ({
  task: name,
  status: 'failed',
  run_id: null,
  assertions: [true, false].map((passed) => ({
    path: '/goal',
    op: 'equals',
    passed,
    expected: 'x'.repeat(size),
    actual: 'y'.repeat(size),
    message: 'm',
  })),
  error: null,
  cost_microcents: 0,
  latency_ms: 0,
});

const shown = (count: number, size: number) => {
  const tasks = Array.from({ length: count }, (_, index) => task(`t${index}`, size));
  const [first] = evaluationView(record, tasks).tasks;
  return first?.assertions.map(({ passed, expected, actual }) => [
    passed,
    expected !== null,
    actual !== null,
  ]);
};

describe('an evaluation', () => {
  it('shows what was expected and found, as far as it fits in an answer: first what fails', () => {
    const both = [
      [true, true, true],
      [false, true, true],
    ];
    expect(shown(1, 1_000)).toEqual(both);
    expect(shown(30, 1_000)).toEqual(both);
    expect(shown(60, 1_000)).toEqual([
      [true, false, false],
      [false, true, true],
    ]);
    expect(shown(100, 1_000)).toEqual([
      [true, false, false],
      [false, false, false],
    ]);
  });

  it('has a score of at most six decimals', () => {
    expect(scoreOf(record)).toBe(0.666667);
    expect(scoreOf({ tasksPassed: 3, taskCount: 3 })).toBe(1);
    expect(scoreOf({ tasksPassed: 0, taskCount: 0 })).toBe(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { gate, judgeGate, suiteInput, type Evaluation, type TaskResult } from './evaluation.ts';
import { issuesOf } from './issues.ts';

const task = (name: string, more: Partial<TaskResult> = {}): TaskResult => ({
  task: name,
  status: 'passed',
  run_id: null,
  assertions: [],
  error: null,
  cost_microcents: 0,
  latency_ms: 10,
  ...more,
});

const evaluation = (more: Partial<Evaluation> = {}): Evaluation => ({
  evaluation_id: '0193b0a0-0000-7000-8000-000000000001',
  tenant_id: 'acme',
  suite: 'golden',
  suite_version: 0,
  status: 'passed',
  score: 1,
  tasks_passed: 1,
  tasks_failed: 0,
  task_count: 1,
  tasks: [task('faq')],
  cost_microcents: 2_500_000,
  cost_cents: 2.5,
  created_at: '2026-01-02T03:04:05.678Z',
  finished_at: '2026-01-02T03:04:06.678Z',
  ...more,
});

const golden = (more: object = {}) => ({
  name: 'faq',
  goal: 'answer',
  assertions: [{ path: '/status', op: 'equals', value: 'succeeded' }],
  ...more,
});
const issues = (...tasks: object[]) => {
  const parsed = suiteInput.safeParse({ name: 's', tasks });
  return parsed.success ? [] : issuesOf(parsed.error).map(({ field, message }) => `${field}: ${message}`);
};

describe('a gate', () => {
  it('without bounds asks that every task passes', () => {
    expect(judgeGate(gate.parse({}), evaluation())).toEqual({ passed: true, failures: [] });
    expect(judgeGate(gate.parse({}), evaluation({ status: 'failed', score: 0.5 }))).toEqual({
      passed: false,
      failures: ['the score is 0.5, at least 1 is asked for'],
    });
  });

  it.each([
    ['score', { min_score: 0.5 }, { min_score: 0.51 }, { score: 0.5 }],
    ['cost', { max_cost_cents: 2.5 }, { max_cost_cents: 2.499999 }, {}],
    ['latency', { max_latency_ms: 10 }, { max_latency_ms: 9 }, {}],
    ['must pass', { must_pass: ['faq'] }, { must_pass: ['lead'] }, {}],
  ])('binds at its bound: %s', (_name, held, broken, more) => {
    expect(judgeGate(gate.parse(held), evaluation(more)).passed).toBe(true);
    expect(judgeGate(gate.parse(broken), evaluation(more)).passed).toBe(false);
  });

  it('names each bound that does not hold', () => {
    const strict = gate.parse({ max_cost_cents: 1, max_latency_ms: 5, must_pass: ['faq', 'faq', 'lead'] });
    const failed = evaluation({ score: 0, tasks: [task('faq', { status: 'error' })] });
    expect(judgeGate(strict, failed).failures).toEqual([
      'the score is 0, at least 1 is asked for',
      'it cost 2.5 cents, at most 1 are allowed',
      'faq took 10 ms, at most 5 are allowed',
      'faq must pass and is error',
      'lead must pass and is not among the tasks',
    ]);
  });

  it('is not passed by an evaluation that still runs', () => {
    expect(judgeGate(gate.parse({ min_score: 0 }), evaluation({ status: 'running' })).failures).toEqual([
      'the evaluation has not finished',
    ]);
  });
});

describe('a suite', () => {
  it('may not have two tasks of one name', () => {
    expect(issues(golden(), golden({ name: 'lead' }))).toEqual([]);
    expect(issues(golden(), golden({ name: 'lead' }), golden())).toEqual([
      '/tasks/2/name: faq is there twice',
    ]);
  });

  it.each([
    ['equals', undefined, 'is required by equals'],
    ['gte', '5', 'must be a number'],
    ['lte', null, 'must be a number'],
    ['matches', 5, 'must be a regular expression'],
    ['schema', [], 'must be a JSON Schema'],
    ['schema', null, 'must be a JSON Schema'],
    ['exists', 'yes', 'must be true or false, or left out'],
  ])('refuses %s with %j: %s', (op, value, message) => {
    expect(issues(golden({ assertions: [{ path: '', op, value }] }))).toEqual([
      `/tasks/0/assertions/0/value: ${message}`,
    ]);
  });

  it.each([
    ['equals', null],
    ['gte', 0],
    ['matches', '^a'],
    ['schema', true],
    ['schema', { type: 'object' }],
    ['exists', undefined],
    ['exists', false],
  ])('takes %s with %j', (op, value) => {
    expect(issues(golden({ assertions: [{ path: '/a~0b/~1/0', op, value }] }))).toEqual([]);
  });

  it.each(['status', '/a~2', '/~'])('refuses the pointer %j', (path) => {
    expect(issues(golden({ assertions: [{ path, op: 'exists' }] }))).toHaveLength(1);
  });

  it('may not have more assertions than an evaluation can show', () => {
    const assertions = Array.from({ length: 100 }, () => ({ path: '', op: 'exists' }));
    const tasks = Array.from({ length: 11 }, (_, index) => golden({ name: `t${index}`, assertions }));
    expect(issues(...tasks.slice(1))).toEqual([]);
    expect(issues(...tasks)).toEqual(['/tasks: have 1100 assertions together, a suite may have 1000']);
  });
});

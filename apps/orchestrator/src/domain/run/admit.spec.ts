import { describe, expect, it } from '@jest/globals';
import { admit, type Admission, type AgentFacts, type Verdict } from './admit.ts';

const AGENT: AgentFacts = {
  version: 3,
  skills: [],
  maxSteps: null,
  budgetMicrocents: 0,
  spentMicrocents: 0,
  reservedMicrocents: 0,
  openRuns: 0,
  maxConcurrentRuns: 10,
};
const REQUEST: Admission = {
  runId: 'r1',
  agentKey: 't/a',
  idempotencyKey: null,
  requestHash: 'h',
  reserveMicrocents: 10,
  skills: ['http_call'],
  steps: 2,
  maxSteps: null,
  startAt: null,
  isOverdue: false,
};

const requests = (...changes: Partial<Admission>[]): Admission[] =>
  changes.map((change, index) => ({ ...REQUEST, runId: `r${index + 1}`, ...change }));

function verdicts(agent: Partial<AgentFacts>, batch: Admission[], runs = new Map()): Verdict[] {
  const agents = new Map([['t/a', { ...AGENT, ...agent }]]);
  return admit(batch, { agents, runs, maxStepsDefault: 50 });
}
const tell = (verdict: Verdict): string => (verdict.kind === 'refuse' ? verdict.error.code : verdict.kind);

describe('admission', () => {
  it.each([
    { what: 'an agent without limits', agent: {}, change: {}, verdict: 'admit' },
    { what: 'an unknown agent', agent: {}, change: { agentKey: 't/b' }, verdict: 'not_found' },
    { what: 'a skill of the agent', agent: { skills: ['http_call'] }, change: {}, verdict: 'admit' },
    { what: 'a foreign skill', agent: { skills: ['pure'] }, change: {}, verdict: 'invalid_request' },
    { what: 'a plan over the agent’s steps', agent: { maxSteps: 1 }, change: {}, verdict: 'invalid_request' },
    { what: 'a plan over its own steps', agent: {}, change: { maxSteps: 1 }, verdict: 'invalid_request' },
    { what: 'a plan over the default', agent: {}, change: { steps: 51 }, verdict: 'invalid_request' },
    { what: 'the last open run', agent: { openRuns: 9 }, change: {}, verdict: 'admit' },
    { what: 'a run for later', agent: { openRuns: 10 }, change: { startAt: 'then' }, verdict: 'admit' },
    {
      what: 'a deadline that has passed',
      agent: {},
      change: { isOverdue: true },
      verdict: 'invalid_request',
    },
    { what: 'one open run too many', agent: { openRuns: 10 }, change: {}, verdict: 'too_many_open_runs' },
    {
      what: 'exactly what is left',
      agent: { budgetMicrocents: 30, spentMicrocents: 15, reservedMicrocents: 5 },
      change: {},
      verdict: 'admit',
    },
    {
      what: 'more than is left',
      agent: { budgetMicrocents: 30, spentMicrocents: 15, reservedMicrocents: 6 },
      change: {},
      verdict: 'budget_exceeded',
    },
    {
      what: 'a budget already overspent',
      agent: { budgetMicrocents: 30, spentMicrocents: 40 },
      change: {},
      verdict: 'budget_exceeded',
    },
  ])('of $what: $verdict', ({ agent, change, verdict }) => {
    expect(verdicts(agent, requests(change)).map(tell)).toEqual([verdict]);
  });

  it('counts what the ones before it in the batch took', () => {
    const batch = requests({}, {}, {});
    expect(verdicts({ budgetMicrocents: 25 }, batch).map(tell)).toEqual([
      'admit',
      'admit',
      'budget_exceeded',
    ]);
    expect(verdicts({ maxConcurrentRuns: 1 }, batch).map(tell)).toEqual([
      'admit',
      'too_many_open_runs',
      'too_many_open_runs',
    ]);
  });

  it('does not count what was refused', () => {
    const batch = requests({ reserveMicrocents: 100 }, { reserveMicrocents: 20 });
    expect(verdicts({ budgetMicrocents: 20 }, batch).map(tell)).toEqual(['budget_exceeded', 'admit']);
  });

  it('repeats the first run for a key, known or of the same batch', () => {
    const known = new Map([['k', { runId: 'r0', requestHash: 'h' }]]);
    const batch = requests({ idempotencyKey: 'k' }, { idempotencyKey: 'l' }, { idempotencyKey: 'l' });
    expect(verdicts({}, batch, known)).toMatchObject([
      { kind: 'repeat', runId: 'r0' },
      { kind: 'admit' },
      { kind: 'repeat', runId: 'r2' },
    ]);
  });

  it('refuses a key with another goal, whatever the agent allows', () => {
    const batch = requests({ idempotencyKey: 'k' }, { idempotencyKey: 'k', requestHash: 'other' });
    expect(verdicts({ maxConcurrentRuns: 1 }, batch).map(tell)).toEqual(['admit', 'idempotency_conflict']);
  });

  it('leaves a key free that was refused', () => {
    const batch = requests(
      { idempotencyKey: 'k', reserveMicrocents: 100 },
      { idempotencyKey: 'k', requestHash: 'other' },
    );
    expect(verdicts({ budgetMicrocents: 20 }, batch).map(tell)).toEqual(['budget_exceeded', 'admit']);
  });

  it('answers a run that is already there with itself', () => {
    const known = new Map([['r1', { runId: 'r1', requestHash: 'h' }]]);
    expect(verdicts({ maxConcurrentRuns: 0 }, requests({}), known)).toEqual([
      { kind: 'repeat', runId: 'r1' },
    ]);
  });

  it.each([
    [null, null, 50],
    [20, null, 20],
    [20, 5, 5],
    [20, 30, 20],
  ])('with %p steps of the agent and %p of the goal allows %p', (ofAgent, ofGoal, maxSteps) => {
    expect(verdicts({ maxSteps: ofAgent }, requests({ maxSteps: ofGoal }))).toMatchObject([
      { kind: 'admit', agentVersion: 3, maxSteps, onFailure: 'compensate' },
    ]);
  });

  it.each([
    { agent: {}, goal: {}, planning: { mode: 'plan', replan: 'on_failure' }, reserveMicrocents: 10 },
    {
      agent: { mode: 'adaptive', replan: 'every_step' },
      goal: {},
      planning: { mode: 'adaptive', replan: 'every_step' },
      reserveMicrocents: 17,
    },
    {
      agent: { mode: 'adaptive' },
      goal: { mode: 'plan' },
      planning: { mode: 'plan' },
      reserveMicrocents: 10,
    },
    {
      agent: {},
      goal: { mode: 'adaptive' },
      planning: { mode: 'adaptive' },
      reserveMicrocents: 17,
    },
  ] as const)(
    'plans as the goal says, else as its agent does, and reserves for what an adaptive run asks: $planning',
    ({ agent, goal, ...expected }) => {
      const batch = requests({ planning: goal, reviewMicrocents: 7 });
      expect(verdicts({ planning: agent }, batch)).toMatchObject([expected]);
    },
  );

  it('holds what an adaptive run reserves against the budget', () => {
    const batch = requests({ planning: { mode: 'adaptive' }, reviewMicrocents: 7 });
    expect(verdicts({ budgetMicrocents: 16 }, batch).map(tell)).toEqual(['budget_exceeded']);
    expect(verdicts({ budgetMicrocents: 17 }, batch).map(tell)).toEqual(['admit']);
  });
});

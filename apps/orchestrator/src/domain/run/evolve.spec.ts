import { RUN_TRANSITIONS, STEP_TRANSITIONS, isTerminal, type NewRunEvent, type RunEvent } from './state.ts';
import type { RunStatus, StepStatus } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { evolve, fold } from './evolve.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const RETRY = { maximum_attempts: 3, initial_interval_ms: 0, backoff_coefficient: 2, maximum_interval_ms: 0 };
const STEP = { skill: 'once', skill_version: '1', params: {}, depends_on: [], timeout_ms: 100, retry: RETRY };
const METADATA = {
  planner: 'caller',
  model: null,
  reasoning: null,
  input_tokens: 0,
  output_tokens: 0,
  latency_ms: 0,
};
const FAILURE = { code: 'upstream_error', message: 'no', retryable: true, owner: 'upstream' } as const;
const CALL = { step_id: 'a', skill: 'once', attempt: 1 };

const queued: NewRunEvent = {
  type: 'run.queued',
  time: TIME,
  data: {
    goal: 'goal',
    agent_version: 1,
    priority: 5,
    max_steps: 9,
    reserved_microcents: 0,
    context: {},
    labels: {},
  },
};
const planned = {
  type: 'plan.created' as const,
  time: TIME,
  data: { plan_id: 'p', metadata: METADATA, steps: ['a', 'b'].map((step_id) => ({ step_id, ...STEP })) },
};
/** An attempt at a plan that came to nothing. */
const rejected = (nextAttemptAt: string | null, spent: object = {}) => ({
  type: 'plan.rejected' as const,
  time: TIME,
  data: { attempt: 1, error: FAILURE, latency_ms: 1, next_attempt_at: nextAttemptAt, ...spent },
});
const started: NewRunEvent = { type: 'run.started', time: TIME, data: { engine_version: 1 } };
const waiting: NewRunEvent = {
  type: 'run.waiting',
  time: TIME,
  data: { reason: 'retry', next_attempt_at: TIME, error: null },
};
const resumed: NewRunEvent = { type: 'run.resumed', time: TIME, data: { reason: 'retry' } };
const requested: NewRunEvent = {
  type: 'tool.call.requested',
  time: TIME,
  data: { ...CALL, idempotency_key: 'k', idempotent: true, timeout_ms: 100 },
};
const succeeded: NewRunEvent = {
  type: 'tool.call.succeeded',
  time: TIME,
  data: { ...CALL, idempotency_key: 'k', latency_ms: 1 },
};
const failedAttempt = (nextAttemptAt: string | null) => ({
  type: 'tool.call.failed' as const,
  time: TIME,
  data: { ...CALL, error: FAILURE, latency_ms: 1, next_attempt_at: nextAttemptAt },
});
const stepFinished = (status: 'succeeded' | 'failed' | 'cancelled', stepId = 'a'): NewRunEvent => ({
  type: 'step.finished',
  time: TIME,
  data: {
    step_id: stepId,
    skill: 'once',
    status,
    attempts: 1,
    output: 7,
    error: null,
    started_at: TIME,
    latency_ms: 1,
    cost_microcents: 5,
  },
});
const finished = (status: 'succeeded' | 'failed' | 'cancelled'): NewRunEvent => ({
  type: 'run.finished',
  time: TIME,
  data: { status, output: null, error: null, cost_microcents: 0, cost_cents: 0, steps_finished: 0 },
});

const journal = (...events: NewRunEvent[]): RunEvent[] =>
  events.map((event, index) => ({ ...event, seq: index + 1 }));
const foldOf = (...events: NewRunEvent[]) => fold(journal(queued, planned, ...events));

/** How a run gets into each status. */
const PATHS: Record<RunStatus, NewRunEvent[]> = {
  queued: [],
  running: [started],
  waiting: [started, waiting],
  succeeded: [started, finished('succeeded')],
  failed: [started, finished('failed')],
  cancelled: [started, finished('cancelled')],
};
const restart: NewRunEvent = {
  type: 'run.restarted',
  time: TIME,
  data: { from_step: 'a', generation: 2, reserved_microcents: 50 },
};
/** What puts a run into a status, from wherever it is allowed. */
const ENTRIES: [RunStatus, NewRunEvent][] = [
  ['queued', restart],
  ['running', started],
  ['running', resumed],
  ['waiting', waiting],
  ['succeeded', finished('succeeded')],
  ['failed', finished('failed')],
  ['cancelled', finished('cancelled')],
];
const RUN_CASES = Object.entries(PATHS).flatMap(([from, path]) =>
  ENTRIES.map(([to, event]) => ({
    from,
    to,
    type: event.type,
    isAllowed: RUN_TRANSITIONS[from as RunStatus].includes(to),
    events: [...path, event],
  })),
);

const STEP_PATHS: Partial<Record<StepStatus, NewRunEvent[]>> = {
  pending: [],
  running: [requested],
  waiting: [failedAttempt(TIME)],
  succeeded: [stepFinished('succeeded')],
  failed: [stepFinished('failed')],
  cancelled: [stepFinished('cancelled')],
};
const STEP_ENTRIES: [StepStatus, NewRunEvent][] = [
  ['running', requested],
  ['waiting', failedAttempt(TIME)],
  ['succeeded', stepFinished('succeeded')],
  ['failed', stepFinished('failed')],
  ['cancelled', stepFinished('cancelled')],
];
const STEP_CASES = Object.entries(STEP_PATHS).flatMap(([from, path]) =>
  STEP_ENTRIES.map(([to, event]) => ({
    from,
    to,
    isAllowed: STEP_TRANSITIONS[from as StepStatus].includes(to),
    events: [started, ...path, event],
  })),
);

describe('a journal', () => {
  it.each([1, 2, 4, 9])('that goes on with run_seq %i after 2 has a hole or a repeat', (seq) => {
    expect(() => evolve(foldOf(), { ...started, seq })).toThrow('hole');
  });

  it('may not name a step that is not in the plan', () => {
    expect(() => foldOf(started, stepFinished('succeeded', 'z'))).toThrow('not in the plan');
  });

  it.each(RUN_CASES)('takes a run from $from to $to by $type: $isAllowed', ({ to, isAllowed, events }) => {
    if (isAllowed) expect(foldOf(...events).status).toBe(to);
    else expect(() => foldOf(...events)).toThrow('no transition');
  });

  it.each(STEP_CASES)('takes a step from $from to $to: $isAllowed', ({ to, isAllowed, events }) => {
    if (isAllowed) expect(foldOf(...events).steps.a?.status).toBe(to);
    else expect(() => foldOf(...events)).toThrow('no transition');
  });
});

describe('the state a journal tells of', () => {
  it('keeps an intent open until its result is there', () => {
    expect(foldOf(started, requested).steps.a?.intent).toEqual({
      attempt: 1,
      idempotencyKey: 'k',
      isIdempotent: true,
      timeoutMs: 100,
      isRepeatWanted: false,
    });
    expect(foldOf(started, requested, succeeded).steps.a?.intent).toBeNull();
    expect(foldOf(started, requested, failedAttempt(null)).steps.a?.intent).toBeNull();
  });

  it('counts attempts that ended, and knows when the next one is due', () => {
    expect(foldOf(started, failedAttempt(TIME)).steps.a).toMatchObject({ attempts: 1, nextAttemptAt: TIME });
  });

  it('sums what the steps cost', () => {
    const state = foldOf(started, stepFinished('succeeded'), stepFinished('succeeded', 'b'));
    expect(state).toMatchObject({ costMicrocents: 10, stepsFinished: 2 });
  });

  it('sums what planning and failed attempts cost, tokens too', () => {
    const spent = { cost_microcents: 3, input_tokens: 20, output_tokens: 2 };
    const metadata = { ...METADATA, planner: 'anthropic', input_tokens: 100, output_tokens: 10 };
    const created: NewRunEvent = {
      type: 'plan.created',
      time: TIME,
      data: { ...planned.data, metadata, cost_microcents: 40 },
    };
    const failed = failedAttempt(TIME);
    const paid = { ...failed, data: { ...failed.data, ...spent } };
    const state = fold(journal(queued, started, rejected(TIME, spent), created, paid));
    expect(state).toMatchObject({ costMicrocents: 46, inputTokens: 140, outputTokens: 14 });
    expect(state.plan?.metadata).toEqual(metadata);
    expect(state.steps.a).toMatchObject({ costMicrocents: 3, inputTokens: 20, outputTokens: 2 });
  });

  it('counts attempts at a plan under one key number, and grows it where the keys are taken', () => {
    const away = rejected(TIME);
    expect(fold(journal(queued, started, away)).planning).toEqual({
      attempts: 1,
      nextAttemptAt: TIME,
      error: FAILURE,
      keyNumber: 1,
    });
    const conflict = { ...FAILURE, code: 'idempotency_conflict' };
    const taken: NewRunEvent = { ...away, data: { ...away.data, attempt: 2, error: conflict } };
    expect(fold(journal(queued, started, away, taken)).planning).toMatchObject({
      attempts: 2,
      keyNumber: 2,
    });
  });

  it.each([
    ['cancelled', 'cancelled'],
    ['failed', 'skipped'],
  ] as const)('of a run that %s has untouched steps %s', (status, untouched) => {
    expect(foldOf(started, finished(status)).steps.b?.status).toBe(untouched);
  });

  it('is terminal where only a restart leads on', () => {
    const terminal = (Object.keys(RUN_TRANSITIONS) as RunStatus[]).filter(isTerminal);
    expect(terminal).toEqual(['succeeded', 'failed', 'cancelled']);
    for (const status of terminal) expect(RUN_TRANSITIONS[status]).toEqual(['queued']);
  });
});

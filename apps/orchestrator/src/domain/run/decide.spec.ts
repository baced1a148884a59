import { describe, expect, it } from '@jest/globals';
import { commandsFor, commandsOnCancel, commandsOnCrashLoop, decide } from './decide.ts';
import { fold } from './evolve.ts';
import type { RunState, StepState } from './state.ts';

const PLAN_STEP: Omit<StepState['plan'], 'step_id'> = {
  skill: 'once',
  skill_version: '1',
  params: {},
  depends_on: [],
  timeout_ms: 100,
  retry: { maximum_attempts: 3, initial_interval_ms: 0, backoff_coefficient: 2, maximum_interval_ms: 0 },
};
const FAILURE = { code: 'upstream_error', message: 'no', retryable: true, owner: 'upstream' } as const;
const INTENT = { attempt: 2, idempotencyKey: 'k', isIdempotent: true, timeoutMs: 100 };

function step(stepId: string, change: Partial<StepState> = {}): StepState {
  return {
    plan: { step_id: stepId, ...PLAN_STEP },
    status: 'pending',
    attempts: 0,
    intent: null,
    idempotencyKey: null,
    startedAt: null,
    finishedAt: null,
    nextAttemptAt: null,
    output: null,
    outputArtifact: null,
    error: null,
    costMicrocents: 0,
    inputTokens: 0,
    outputTokens: 0,
    ...change,
  };
}

/** A running run of steps a and b. */
function running(a: Partial<StepState>, change: Partial<RunState> = {}): RunState {
  const steps = [step('a', a), step('b', change.status === 'succeeded' ? { status: 'succeeded' } : {})];
  const metadata = {
    planner: 'caller',
    model: null,
    reasoning: null,
    input_tokens: 0,
    output_tokens: 0,
    latency_ms: 0,
  };
  return {
    ...fold([]),
    status: 'running',
    maxSteps: 9,
    plan: { plan_id: 'p', metadata, steps: steps.map(({ plan }) => plan) },
    steps: Object.fromEntries(steps.map((one) => [one.plan.step_id, one])),
    ...change,
  };
}

const done = { status: 'succeeded', output: 1 } as const;
const allDone = (): RunState => {
  const state = running(done, { costMicrocents: 1_500_000, stepsFinished: 2 });
  return { ...state, steps: { ...state.steps, b: step('b', { status: 'succeeded', output: 'last' }) } };
};

describe('what a run does next', () => {
  it.each([
    { what: 'queued', state: running({}, { status: 'queued' }), command: { type: 'start' } },
    { what: 'waiting', state: running({}, { status: 'waiting' }), command: { type: 'resume' } },
    {
      what: 'running',
      state: running({}),
      command: { type: 'call', attempt: 1, intent: null, notBefore: null },
    },
    { what: 'after its first step', state: running(done), command: { type: 'call', step: { step_id: 'b' } } },
    {
      what: 'after a failed attempt',
      state: running({ status: 'waiting', attempts: 1, nextAttemptAt: 'then' }),
      command: { type: 'call', attempt: 2, notBefore: 'then' },
    },
    {
      what: 'with a failed step',
      state: running({ status: 'failed', error: FAILURE }),
      command: { type: 'finish', data: { status: 'failed', error: FAILURE } },
    },
    {
      what: 'at its last allowed step',
      state: running(done, { maxSteps: 1, stepsFinished: 1 }),
      command: { type: 'finish', data: { status: 'failed', error: { code: 'max_steps_exceeded' } } },
    },
    {
      what: 'with all steps done',
      state: allDone(),
      command: {
        type: 'finish',
        data: { status: 'succeeded', output: 'last', cost_cents: 1.5, steps_finished: 2 },
      },
    },
    {
      what: 'with an open idempotent intent',
      state: running({ status: 'running', attempts: 1, intent: INTENT }),
      command: { type: 'call', attempt: 2, intent: INTENT, notBefore: null },
    },
    {
      what: 'with an open intent that may not be repeated',
      state: running({ status: 'running', intent: { ...INTENT, isIdempotent: false } }),
      command: { type: 'park', reason: 'unknown_outcome', error: { code: 'unknown_outcome' } },
    },
  ])('when $what', ({ state, command }) => {
    const commands = commandsFor(state);
    expect(commands).toHaveLength(1);
    expect(commands).toMatchObject([command]);
  });

  it.each(['succeeded', 'failed', 'cancelled'] as const)('is nothing when it has %s', (status) => {
    const state = running({}, { status });
    expect(commandsFor(state)).toEqual([]);
    expect(commandsOnCancel(state, undefined)).toEqual([]);
    expect(commandsOnCrashLoop(state)).toEqual([]);
  });

  it('follows from the event alone', () => {
    const state = running({}, { status: 'queued', seq: 2 });
    const event = { seq: 3, type: 'run.started', time: 'now', data: { engine_version: 1 } } as const;
    const decision = decide(state, event);
    expect(decision.state.status).toBe('running');
    expect(decision.commands).toEqual(commandsFor(decision.state));
  });
});

const unplanned = (planning: Partial<RunState['planning']> = {}): RunState => ({
  ...fold([]),
  status: 'running',
  planning: { ...fold([]).planning, ...planning },
});

describe('a run without a plan', () => {
  it.each([
    { what: 'at first', planning: {}, command: { type: 'plan', attempt: 1, notBefore: null } },
    {
      what: 'after an attempt that may be repeated',
      planning: { attempts: 2, error: FAILURE, nextAttemptAt: 'then' },
      command: { type: 'plan', attempt: 3, notBefore: 'then' },
    },
    {
      what: 'after the last attempt',
      planning: { attempts: 5, error: FAILURE },
      command: { type: 'finish', data: { status: 'failed', output: null, error: FAILURE } },
    },
  ])('$what', ({ planning, command }) => {
    expect(commandsFor(unplanned(planning))).toMatchObject([command]);
  });

  it('starts before it is planned, and is cancelled without a step to close', () => {
    const queued = { ...unplanned(), status: 'queued' } as const;
    expect(commandsFor(queued)).toEqual([{ type: 'start' }]);
    expect(commandsOnCancel(unplanned(), undefined).map(({ type }) => type)).toEqual(['finish']);
  });
});

describe('a cancelled run', () => {
  it.each([
    { what: 'before its first step', state: running({}), types: ['finish'] },
    { what: 'queued', state: running({}, { status: 'queued' }), types: ['finish'] },
    {
      what: 'during a call',
      state: running({ status: 'running', intent: INTENT }),
      types: ['close-step', 'finish'],
    },
    {
      what: 'between attempts',
      state: running({ status: 'waiting' }, { status: 'waiting' }),
      types: ['close-step', 'finish'],
    },
  ])('$what ends at once', ({ state, types }) => {
    const commands = commandsOnCancel(state, 'enough');
    expect(commands.map(({ type }) => type)).toEqual(types);
    expect(commands.at(-1)).toMatchObject({
      data: { status: 'cancelled', error: { code: 'run_cancelled', message: 'enough' } },
    });
  });
});

describe('a run on which worker after worker dies', () => {
  it.each([
    { status: 'queued', types: ['start', 'park'] },
    { status: 'waiting', types: ['resume', 'park'] },
    { status: 'running', types: ['park'] },
  ] as const)('is parked when it is $status', ({ status, types }) => {
    const commands = commandsOnCrashLoop(running({}, { status }));
    expect(commands.map(({ type }) => type)).toEqual(types);
    expect(commands.at(-1)).toMatchObject({ reason: 'worker_crash_loop' });
  });
});

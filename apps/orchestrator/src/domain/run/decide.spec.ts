import { describe, expect, it } from '@jest/globals';
import { cancellation, commandsFor, commandsOnCrashLoop, commandsOnCut } from './decide.ts';
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
const METADATA = {
  planner: 'caller',
  model: null,
  reasoning: null,
  input_tokens: 0,
  output_tokens: 0,
  latency_ms: 0,
};
const FAILURE = { code: 'upstream_error', message: 'no', retryable: true, owner: 'upstream' } as const;
const ARTIFACT = { name: 'b.output.json', sha256: 'ab', bytes: 40_000, media_type: 'application/json' };
const INTENT = { attempt: 2, idempotencyKey: 'k', isIdempotent: true, timeoutMs: 100, isRepeatWanted: false };

function step(stepId: string, change: Partial<StepState> = {}): StepState {
  return {
    plan: { step_id: stepId, ...PLAN_STEP },
    status: 'pending',
    attempts: 0,
    intent: null,
    awaits: null,
    wait: null,
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
    finishedSeq: null,
    declared: null,
    compensation: null,
    ...change,
  };
}

function after({ plan, ...facts }: StepState, dependsOn: string[]): StepState {
  return { ...facts, plan: { ...plan, depends_on: dependsOn } };
}

/** A running run of step a and, after it, b. */
function running(a: Partial<StepState>, change: Partial<RunState> = {}): RunState {
  const steps = [step('a', a), after(step('b'), ['a'])];
  return {
    ...fold([]),
    status: 'running',
    maxSteps: 9,
    plan: { plan_id: 'p', metadata: METADATA, steps: steps.map(({ plan }) => plan) },
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
    {
      what: 'waiting',
      state: running({}, { status: 'waiting', startedAt: 'then' }),
      command: { type: 'resume' },
    },
    {
      what: 'waiting for its time to start',
      state: running({}, { status: 'waiting', startAt: 'then' }),
      command: { type: 'start', notBefore: 'then' },
    },
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
      state: running({ status: 'failed', error: FAILURE }, { failedStep: 'a' }),
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
      what: 'with a last output that is kept as an artifact',
      state: { ...allDone(), steps: { b: step('b', { status: 'succeeded', outputArtifact: ARTIFACT }) } },
      command: {
        type: 'finish',
        data: { status: 'succeeded', output: null, output_artifact: ARTIFACT },
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
    expect(commandsOnCut(state, cancellation(undefined))).toEqual([]);
    expect(commandsOnCrashLoop(state)).toEqual([]);
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
    expect(commandsFor(queued)).toEqual([{ type: 'start', notBefore: null }]);
    expect(commandsOnCut(unplanned(), cancellation(undefined)).map(({ type }) => type)).toEqual(['finish']);
  });
});

/** A run whose steps depend on each other as told. */
function graph(steps: Record<string, [dependsOn: string[], change?: Partial<StepState>]>): RunState {
  const made = Object.entries(steps).map(([id, [dependsOn, change]]) => after(step(id, change), dependsOn));
  const state = running({});
  const plan = { plan_id: 'p', metadata: METADATA, steps: made.map((one) => one.plan) };
  return { ...state, plan, steps: Object.fromEntries(made.map((one) => [one.plan.step_id, one])) };
}

const UNKNOWN: Partial<StepState> = { status: 'running', intent: { ...INTENT, isIdempotent: false } };
const LOST: Partial<StepState> = { status: 'running', intent: INTENT };
const RETRIED: Partial<StepState> = {
  status: 'waiting',
  attempts: 1,
  nextAttemptAt: 'then',
  error: FAILURE,
};

const brief = (state: RunState, ...inFlight: string[]): string[] =>
  commandsFor(state, new Set(inFlight)).map((command) =>
    command.type === 'call' ? command.step.step_id : command.type,
  );

const diamond = (a: Partial<StepState> = {}, b: Partial<StepState> = {}): RunState =>
  graph({ a: [[], a], b: [['a'], b], c: [['a']], d: [['b', 'c']] });

describe('a run whose plan is a graph', () => {
  it('calls every step whose steps before are over, and none that is under way', () => {
    expect(brief(diamond())).toEqual(['a']);
    expect(brief(diamond(), 'a')).toEqual([]);
    expect(brief(diamond(done))).toEqual(['b', 'c']);
    expect(brief(diamond(done), 'b')).toEqual(['c']);
    expect(brief(diamond(done, done), 'c')).toEqual([]);
    expect(brief(diamond(done, done))).toEqual(['c']);
  });

  it('goes on beside and after a step whose failure it outlives', () => {
    const state = graph({ a: [[], { status: 'failed', error: FAILURE }], b: [['a']], c: [[]] });
    expect(brief(state)).toEqual(['b', 'c']);
    const over = graph({ a: [[], { status: 'failed', error: FAILURE }], b: [['a'], done] });
    expect(commandsFor(over)).toMatchObject([{ type: 'finish', data: { status: 'succeeded', output: 1 } }]);
  });

  it('begins nothing more when a step has failed, and awaits what was begun', () => {
    const failed = { status: 'failed', error: FAILURE } as const;
    const state = {
      ...graph({ a: [[], failed], b: [[]], c: [[], LOST], d: [[], RETRIED] }),
      failedStep: 'a',
    };
    expect(brief(state)).toEqual(['c']);
    expect(brief(state, 'c')).toEqual([]);
    const rest = { ...graph({ a: [[], failed], b: [[]], d: [[], RETRIED] }), failedStep: 'a' };
    expect(commandsFor(rest)).toMatchObject([
      { type: 'close-step', step: { plan: { step_id: 'd' } }, status: 'failed', error: FAILURE },
      { type: 'finish', data: { status: 'failed', error: FAILURE } },
    ]);
  });

  it('lets a step whose outcome is not known wait until all others are done', () => {
    const state = graph({ a: [[], UNKNOWN], b: [[], LOST], c: [[]], d: [['a']] });
    expect(brief(state)).toEqual(['b', 'c']);
    expect(brief(state, 'b', 'c')).toEqual([]);
    const rest = graph({ a: [[], UNKNOWN], b: [[], done], d: [['a']] });
    expect(brief(rest)).toEqual(['park']);
    const failed = graph({ a: [[], UNKNOWN], b: [[], { status: 'failed', error: FAILURE }] });
    expect(brief({ ...failed, failedStep: 'b' })).toEqual(['park']);
  });

  it('counts the steps under way among those it may take', () => {
    const state = { ...graph({ a: [[], done], b: [[]], c: [[]], d: [[]] }), stepsFinished: 1, maxSteps: 3 };
    expect(brief(state)).toEqual(['b', 'c']);
    expect(brief(state, 'b')).toEqual(['c']);
    expect(brief(state, 'b', 'c')).toEqual([]);
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
    const commands = commandsOnCut(state, cancellation('enough'));
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
    const commands = commandsOnCrashLoop(
      running({}, { status, startedAt: status === 'queued' ? null : 'then' }),
    );
    expect(commands.map(({ type }) => type)).toEqual(types);
    expect(commands.at(-1)).toMatchObject({ reason: 'worker_crash_loop' });
  });
});

import { describe, expect, it } from '@jest/globals';
import { errorOf, type EventData, type PlanStep } from '@aos/contracts';
import { cancellation, commandsFor, commandsOnCut } from './decide.ts';
import { fold } from './evolve.ts';
import type { NewRunEvent, RunState } from './state.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const RETRY = { maximum_attempts: 2, initial_interval_ms: 0, backoff_coefficient: 1, maximum_interval_ms: 0 };
const CALL = { skill_version: '1', timeout_ms: 10, retry: RETRY };
const UNDO = { ...CALL, skill: 'undo', params: { id: 1 } };
const FAILURE = errorOf('upstream_error', 'no');
const METADATA = {
  planner: 'caller',
  model: null,
  reasoning: null,
  input_tokens: 0,
  output_tokens: 0,
  latency_ms: 0,
};

const step = (step_id: string, more: Partial<PlanStep> = {}): PlanStep => ({
  ...CALL,
  step_id,
  skill: 'do',
  params: {},
  depends_on: [],
  compensate_with: UNDO,
  ...more,
});

const bare = (step_id: string): PlanStep => {
  const { compensate_with: _none, ...rest } = step(step_id);
  return rest;
};

function ended(step_id: string, more: Partial<EventData<'step.finished'>> = {}): NewRunEvent {
  const data = { step_id, skill: 'do', status: 'succeeded' as const, attempts: 1, output: null, error: null };
  return {
    type: 'step.finished',
    time: TIME,
    data: { ...data, started_at: TIME, latency_ms: 1, cost_microcents: 10, ...more },
  };
}
const failed = (step_id: string) => ended(step_id, { status: 'failed', error: FAILURE });

const begun = (...steps: string[]): NewRunEvent => ({
  type: 'run.compensating',
  time: TIME,
  data: { cause: { status: 'failed', error: FAILURE }, steps },
});
const asked = (step_id: string, attempt = 1, idempotent = true): NewRunEvent => ({
  type: 'tool.call.requested',
  time: TIME,
  data: {
    step_id,
    skill: 'undo',
    attempt,
    idempotency_key: 'k',
    idempotent,
    timeout_ms: 10,
    compensates: step_id,
  },
});
const refused = (step_id: string, attempt: number, next_attempt_at: string | null): NewRunEvent => ({
  type: 'tool.call.failed',
  time: TIME,
  data: {
    step_id,
    skill: 'undo',
    attempt,
    error: FAILURE,
    latency_ms: 1,
    next_attempt_at,
    cost_microcents: 5,
    compensates: step_id,
  },
});
const undone = (step_id: string, status: 'succeeded' | 'skipped' = 'succeeded'): NewRunEvent => ({
  type: 'step.compensated',
  time: TIME,
  data: {
    step_id,
    skill: 'undo',
    status,
    attempts: 1,
    error: null,
    started_at: TIME,
    latency_ms: 1,
    cost_microcents: 3,
  },
});
const said = (step_id: string, outcome: 'retry' | 'skip'): NewRunEvent => ({
  type: 'step.resolved',
  time: TIME,
  data: { step_id, outcome, compensates: step_id },
});

/** A running run of these steps, of which so much has happened. */
function after(
  steps: PlanStep[],
  events: NewRunEvent[],
  queued: Partial<EventData<'run.queued'>> = { on_failure: 'compensate' },
): RunState {
  const goal = {
    goal: 'g',
    agent_version: 1,
    priority: 5,
    max_steps: 9,
    reserved_microcents: 0,
    context: {},
    labels: {},
  };
  const all: NewRunEvent[] = [
    { type: 'run.queued', time: TIME, data: { ...goal, ...queued } },
    { type: 'plan.created', time: TIME, data: { plan_id: 'p', metadata: METADATA, steps } },
    { type: 'run.started', time: TIME, data: { engine_version: 4 } },
    ...events,
  ];
  return fold(all.map((event, index) => ({ ...event, seq: index + 1 })));
}

const ROLLBACK = (steps: string[]) => [
  { type: 'roll-back', data: { cause: { status: 'failed', error: FAILURE }, steps } },
];

describe('a run that fails', () => {
  it('goes back over what it has done in reverse order of completion, whichever branch it was on', () => {
    const steps = [step('a'), step('b'), step('c'), step('d')];
    const state = after(steps, [ended('b'), ended('c'), ended('a'), failed('d')]);
    expect(commandsFor(state)).toEqual(ROLLBACK(['a', 'c', 'b']));
  });

  it('leaves alone what nothing undoes, what failed while it went on, and what was skipped', () => {
    const steps = [bare('a'), step('b', { on_failure: 'continue' }), step('c'), step('d'), step('e')];
    const state = after(steps, [
      ended('a'),
      failed('b'),
      ended('c', { status: 'skipped' }),
      ended('d'),
      failed('e'),
    ]);
    expect(commandsFor(state)).toEqual(ROLLBACK(['d']));
  });

  it('undoes what its skill has declared, where the plan says nothing', () => {
    const state = after([bare('a'), bare('b')], [ended('a', { compensation: UNDO }), failed('b')]);
    expect(commandsFor(state)).toEqual(ROLLBACK(['a']));
  });

  it.each([{ on_failure: 'keep' as const }, {}])('ends at once where it keeps its effects, %p', (queued) => {
    const state = after([step('a'), step('b')], [ended('a'), failed('b')], queued);
    expect(commandsFor(state)).toMatchObject([{ type: 'finish', data: { status: 'failed' } }]);
  });

  it('goes back when it has taken all the steps it may', () => {
    const state = after([step('a'), step('b')], [ended('a')], { on_failure: 'compensate', max_steps: 1 });
    expect(commandsFor(state)).toMatchObject([{ type: 'roll-back', data: { steps: ['a'] } }]);
  });

  it('goes back only when what is under way has ended', () => {
    const state = after([step('a'), step('b'), step('c')], [ended('a'), failed('b')]);
    expect(commandsFor(state, new Set(['c']))).toEqual([]);
  });
});

describe('a run that is cut', () => {
  const state = after([step('a'), step('b')], [ended('a')], { on_failure: 'keep' });

  it.each([
    [undefined, 'finish'],
    ['keep' as const, 'finish'],
    ['compensate' as const, 'roll-back'],
  ])('does what who cuts it says: %p, %s', (onFailure, type) => {
    expect(commandsOnCut(state, cancellation('why', onFailure)).at(-1)).toMatchObject({ type });
  });
});

describe('a run on its way back', () => {
  const steps = [step('a'), step('b'), step('c')];
  const past = [ended('a'), ended('b'), failed('c'), begun('b', 'a')];
  const next = (...events: NewRunEvent[]) => commandsFor(after(steps, [...past, ...events]));

  it('undoes one step at a time, in order, then ends as it was to', () => {
    expect(next()).toMatchObject([
      { type: 'call', attempt: 1, step: { step_id: 'b', skill: 'undo', params: { id: 1 } } },
    ]);
    expect(commandsFor(after(steps, past), new Set(['b']))).toEqual([]);
    expect(next(asked('b'), undone('b'))).toMatchObject([{ type: 'call', step: { step_id: 'a' } }]);
    expect(next(undone('b'), undone('a'))).toMatchObject([
      { type: 'finish', data: { status: 'failed', error: FAILURE, output: null, cost_microcents: 36 } },
    ]);
  });

  it('repeats an attempt when its time has come, and an idempotent call that was lost at once', () => {
    expect(next(asked('b'), refused('b', 1, 'then'))).toMatchObject([
      { attempt: 2, notBefore: 'then', intent: null },
    ]);
    expect(next(asked('b'))).toMatchObject([
      { attempt: 1, notBefore: null, intent: { idempotencyKey: 'k' } },
    ]);
  });

  it('waits for a person where a step cannot be undone, or whether it was is not known', () => {
    expect(next(refused('b', 2, null))).toMatchObject([
      { type: 'park', reason: 'compensation_failed', error: FAILURE },
    ]);
    expect(next(asked('b', 1, false))).toMatchObject([{ type: 'park', reason: 'unknown_outcome' }]);
  });

  it('tries again all its times when a person says so, or leaves the step', () => {
    expect(next(refused('b', 2, null), said('b', 'retry'))).toMatchObject([
      { type: 'call', attempt: 3, undoing: { attemptsBefore: 2 } },
    ]);
    expect(next(asked('b', 1, false), said('b', 'retry'))).toMatchObject([
      { type: 'call', intent: { isRepeatWanted: true } },
    ]);
    expect(next(refused('b', 2, null), said('b', 'skip'), undone('b', 'skipped'))).toMatchObject([
      { type: 'call', step: { step_id: 'a' } },
    ]);
  });

  it('goes on when it is cut once more', () => {
    expect(commandsOnCut(after(steps, past), cancellation('stop'))).not.toMatchObject([
      { type: 'roll-back' },
    ]);
  });

  it('counts what undoing costs, attempt by attempt', () => {
    const state = after(steps, [...past, refused('b', 1, 'then'), undone('b')]);
    expect(state.costMicrocents).toBe(38);
    expect(state.steps['b']).toMatchObject({ status: 'compensated', compensation: { costMicrocents: 8 } });
  });

  it('tells in its journal nothing that cannot be', () => {
    expect(() => after(steps, [...past, undone('b'), undone('b')])).toThrow(/no transition/);
    expect(() => after(steps, [...past, undone('c')])).toThrow(/not to be undone/);
  });
});

describe('a run that was rolled back and begins again', () => {
  const steps = [step('a'), step('b', { depends_on: ['a'] }), step('c', { depends_on: ['b'] })];
  const end: NewRunEvent = {
    type: 'run.finished',
    time: TIME,
    data: {
      status: 'failed',
      output: null,
      error: FAILURE,
      cost_microcents: 0,
      cost_cents: 0,
      steps_finished: 3,
    },
  };
  const again: NewRunEvent = {
    type: 'run.restarted',
    time: TIME,
    data: { from_step: 'c', generation: 2, reserved_microcents: 0 },
  };
  const resumed: NewRunEvent = { type: 'run.resumed', time: TIME, data: { reason: 'due' } };

  it('does again what was undone, and keeps what a person had left', () => {
    const past = [
      ended('a'),
      ended('b'),
      failed('c'),
      begun('b', 'a'),
      undone('b'),
      refused('a', 1, null),
      undone('a', 'skipped'),
      end,
    ];
    const state = after(steps, [...past, again, resumed]);
    expect(Object.values(state.steps).map(({ status }) => status)).toEqual([
      'succeeded',
      'pending',
      'pending',
    ]);
    expect(state.rollback).toBeNull();
    const failedAgain = after(steps, [...past, again, resumed, ended('b'), failed('c')]);
    expect(commandsFor(failedAgain)).toEqual(ROLLBACK(['b']));
  });
});

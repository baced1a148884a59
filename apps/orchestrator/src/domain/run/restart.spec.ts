import { describe, expect, it } from '@jest/globals';
import type { PlanStep } from '@aos/contracts';
import { STEP, planned, queued, started } from '../../../test/engine/execution-world.ts';
import { fold } from './evolve.ts';
import { restartOf } from './restart.ts';
import type { NewRunEvent, RunState } from './state.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const FAILURE = { code: 'skill_failed', message: 'no', retryable: false, owner: 'caller' } as const;

function plan(steps: (Partial<PlanStep> & { step_id: string })[]): NewRunEvent {
  if (planned.type !== 'plan.created') throw new Error('not a plan');
  return { ...planned, data: { ...planned.data, steps: steps.map((step) => ({ ...STEP, ...step })) } };
}

const ended = (stepId: string, status: 'succeeded' | 'failed' | 'skipped'): NewRunEvent => ({
  type: 'step.finished',
  time: TIME,
  data: {
    step_id: stepId,
    skill: 'paid',
    status,
    attempts: 1,
    output: stepId,
    error: status === 'failed' ? FAILURE : null,
    started_at: TIME,
    latency_ms: 1,
    cost_microcents: 100,
  },
});
const finished = (status: 'succeeded' | 'failed' | 'cancelled'): NewRunEvent => ({
  type: 'run.finished',
  time: TIME,
  data: { status, output: null, error: null, cost_microcents: 0, cost_cents: 0, steps_finished: 0 },
});
const foldOf = (events: NewRunEvent[]): RunState =>
  fold(events.map((event, index) => ({ ...event, seq: index + 1 })));

/** a → b → d, a → c → d, and e by itself, which may fail. */
const GRAPH = plan([
  { step_id: 'a' },
  { step_id: 'b', depends_on: ['a'] },
  { step_id: 'c', depends_on: ['a'] },
  { step_id: 'd', depends_on: ['b', 'c'] },
  { step_id: 'e', on_failure: 'continue' },
]);
const failedAtB = [
  queued,
  GRAPH,
  started,
  ended('a', 'succeeded'),
  ended('c', 'succeeded'),
  ended('e', 'failed'),
  ended('b', 'failed'),
  finished('failed'),
];

function restarted(events: NewRunEvent[], fromStep?: string): RunState {
  const again = restartOf(foldOf(events), fromStep);
  if (!again.ok) throw new Error(again.error.message);
  return foldOf([...events, { type: 'run.restarted', time: TIME, data: again.value }]);
}

const statuses = ({ steps }: RunState) => Object.values(steps).map(({ status }) => status);

describe('a restart', () => {
  it('runs the failed step and what comes after it again, and keeps all that ended as it was wanted', () => {
    const state = restarted(failedAtB);
    expect(statuses(state)).toEqual(['succeeded', 'pending', 'succeeded', 'pending', 'failed']);
    expect(state).toMatchObject({
      status: 'queued',
      generation: 2,
      failedStep: null,
      stepsFinished: 0,
      costMicrocents: 400,
      reservedMicrocents: 1_400,
      outcome: null,
      steps: { a: { output: 'a' } },
    });
  });

  it.each([
    { from: 'a', kept: ['e'] },
    { from: 'c', kept: ['a', 'e'] },
    { from: 'e', kept: ['a', 'c'] },
  ])('from $from keeps $kept: what never ended well runs again, too', ({ from, kept }) => {
    const { steps } = restarted(failedAtB, from);
    const pending = Object.keys(steps).filter((id) => steps[id]?.status === 'pending');
    expect(pending).toEqual(['a', 'b', 'c', 'd', 'e'].filter((id) => !kept.includes(id)));
  });

  it('keeps a step that a person has skipped, not one that was never begun', () => {
    const events = [queued, GRAPH, started, ended('a', 'skipped'), finished('cancelled')];
    expect(statuses(restarted(events))).toEqual(['skipped', 'pending', 'pending', 'pending', 'pending']);
  });

  it('of a run without a plan has it planned again, with new keys', () => {
    const state = restarted([queued, started, finished('failed')]);
    expect(state).toMatchObject({ plan: null, planning: { attempts: 0, keyNumber: 2 } });
  });

  it('grows the generation each time', () => {
    const once = restartOf(foldOf(failedAtB), undefined);
    if (!once.ok) throw new Error('refused');
    const again: NewRunEvent = { type: 'run.restarted', time: TIME, data: once.value };
    const state = restarted([...failedAtB, again, started, ended('b', 'failed'), finished('failed')]);
    expect(state).toMatchObject({ generation: 3, costMicrocents: 500, reservedMicrocents: 1_500 });
  });

  it.each([
    { what: 'a run that goes on', events: failedAtB.slice(0, -1), from: 'a', code: 'conflict' },
    { what: 'an unknown step', events: failedAtB, from: 'z', code: 'invalid_request' },
    {
      what: 'nowhere in a run of which every step ended well',
      events: [queued, plan([{ step_id: 'a' }]), started, ended('a', 'succeeded'), finished('succeeded')],
      from: undefined,
      code: 'invalid_request',
    },
  ])('is refused from $what', ({ events, from, code }) => {
    expect(restartOf(foldOf(events), from)).toMatchObject({ ok: false, error: { code } });
  });
});

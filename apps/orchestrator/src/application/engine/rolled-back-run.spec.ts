import { describe, expect, it } from '@jest/globals';
import { errorOf, fail, succeed, type PlanStep, type StructuredOutcome } from '@aos/contracts';
import { CLAIM, executionIn, planned, queued, started, STEP } from '../../../test/engine/execution-world.ts';
import { effectKey } from '../effect-key.ts';
import type { NewRunEvent } from '../../domain/run/state.ts';
import type { SkillCall, SkillResult } from '../../domain/skill/skill.ts';

const NO = errorOf('skill_failed', 'no');
const LATER = errorOf('upstream_error', 'not yet');
const RETRY = { maximum_attempts: 3, initial_interval_ms: 0, backoff_coefficient: 1, maximum_interval_ms: 0 };
const undo = (params: PlanStep['params']): PlanStep['compensate_with'] => ({
  skill: 'paid',
  skill_version: '1',
  params,
  timeout_ms: 10_000,
  retry: RETRY,
});
const booked: PlanStep = {
  ...STEP,
  step_id: 'book',
  compensate_with: undo({ undoes: '${{ steps.book.output.id }}' }),
};
const fails: PlanStep = { ...STEP, step_id: 'fails', depends_on: ['book'] };

function eventsWith(steps: PlanStep[]): NewRunEvent[] {
  if (queued.type !== 'run.queued' || planned.type !== 'plan.created') throw new Error('not as expected');
  return [
    { ...queued, data: { ...queued.data, on_failure: 'compensate' } },
    { ...planned, data: { ...planned.data, steps } },
    started,
  ];
}

const ofUndo = ({ params }: SkillCall): boolean => params['undoes'] !== undefined;

/** Steps that book and then fail; `onUndo` is what undoing gives. */
function failing(onUndo: (call: SkillCall) => Promise<StructuredOutcome<SkillResult>>) {
  const calls: SkillCall[] = [];
  const world = executionIn({
    journal: eventsWith([booked, fails]),
    execute: async (call) => {
      calls.push(call);
      if (ofUndo(call)) return onUndo(call);
      return call.stepId === 'book' ? succeed({ output: { id: 7 } }) : fail(NO);
    },
  });
  return { world, undos: () => calls.filter(ofUndo) };
}

const gone = async () => succeed({ output: null });
const cancel = { signalId: 's', runId: CLAIM.runId, type: 'cancel', reason: 'enough' } as const;

describe('a run on its way back', () => {
  it('calls what undoes a step with what the step gave, under a key of its own', async () => {
    const { world, undos } = failing(gone);
    expect(await world.execution.run()).toBe('finished');
    expect(undos()).toMatchObject([{ params: { undoes: 7 }, stepId: 'book', attempt: 1 }]);
    const place = { runId: CLAIM.runId, stepId: 'book', generation: 1 };
    expect(undos()[0]?.idempotencyKey).toBe(effectKey({ ...place, isUndoing: true }, { undoes: 7 }));
    expect(undos()[0]?.idempotencyKey).not.toBe(effectKey(place, { undoes: 7 }));
    expect(world.types().slice(-5)).toEqual([
      'run.compensating',
      'tool.call.requested',
      'tool.call.succeeded',
      'step.compensated',
      'run.finished',
    ]);
    expect(world.told.at(-1)).toMatchObject({ data: { status: 'failed', error: { code: 'skill_failed' } } });
  });

  it('tries again as often as its retries say, under the same key, then waits for a person', async () => {
    const { world, undos } = failing(async () => fail(LATER));
    expect(await world.execution.run()).toBe('released');
    expect(undos().map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(undos().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(world.told.at(-1)).toMatchObject({
      type: 'run.waiting',
      data: { reason: 'compensation_failed', next_attempt_at: null, error: { code: 'upstream_error' } },
    });
  });

  it('is not stopped by a cancel', async () => {
    const { world } = failing(async (call) => {
      world.execution.take(cancel);
      return call.signal.aborted ? fail(NO) : gone();
    });
    expect(await world.execution.run()).toBe('finished');
    expect(world.told.at(-1)).toMatchObject({ data: { status: 'failed' } });
    expect(world.types()).toContain('step.compensated');
  });

  it('is handed on between two attempts when its slot is wanted back', async () => {
    const { world } = failing(async () => {
      world.execution.yield();
      return fail(LATER);
    });
    expect(await world.execution.run()).toBe('handed-back');
    expect(world.types()).not.toContain('step.compensated');
  });
});

describe('a run that is cancelled', () => {
  const waits: PlanStep = { ...STEP, step_id: 'waits', depends_on: ['book'] };

  it.each([
    [undefined, true],
    ['keep' as const, false],
  ])('has undone what it did unless who cancels says keep: %p', async (onFailure, isUndone) => {
    const world = executionIn({
      journal: eventsWith([booked, waits]),
      execute: async (call) => {
        if (ofUndo(call)) return call.signal.aborted ? fail(NO) : gone();
        if (call.stepId === 'book') return succeed({ output: { id: 7 } });
        world.execution.take({ ...cancel, onFailure });
        return fail(NO);
      },
    });
    expect(await world.execution.run()).toBe('finished');
    expect(world.types().includes('step.compensated')).toBe(isUndone);
    expect(world.told.at(-1)).toMatchObject({ data: { status: 'cancelled', error: { message: 'enough' } } });
  });
});

import { describe, expect, it } from '@jest/globals';
import { errorOf, fail, succeed, type PlanStep } from '@aos/contracts';
import { CLAIM, executionIn, planned, queued, STEP } from '../../../test/engine/execution-world.ts';
import type { NewRunEvent } from '../../domain/run/state.ts';
import type { SkillCall } from '../../domain/skill/skill.ts';

type StepChange = Partial<PlanStep> & { step_id: string };

/** A run of these steps; without `depends_on` they may run at once. */
function journalOf(steps: StepChange[], maxParallel?: number): NewRunEvent[] {
  if (queued.type !== 'run.queued' || planned.type !== 'plan.created') throw new Error('not a run');
  const parallel = maxParallel === undefined ? {} : { max_parallel: maxParallel };
  return [
    { ...queued, data: { ...queued.data, ...parallel } },
    { ...planned, data: { ...planned.data, steps: steps.map((step) => ({ ...STEP, ...step })) } },
  ];
}

/** Calls that end when they are told to. */
function calls() {
  const open = new Map<string, (fails?: string) => void>();
  const begun: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  return {
    begun,
    /** Resolves when as many calls have begun. */
    untilBegun: (count: number): Promise<void> =>
      new Promise((resolve) => {
        if (begun.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    end: (stepId: string, fails?: string) => open.get(stepId)?.(fails),
    execute: async ({ stepId, signal }: SkillCall) => {
      const { promise, resolve } = Promise.withResolvers<string | undefined>();
      open.set(stepId, resolve);
      signal.addEventListener('abort', () => resolve('cut'), { once: true });
      begun.push(stepId);
      for (const { count, resolve: tell } of waiting) if (begun.length >= count) tell();
      const fails = await promise;
      return fails === undefined
        ? succeed({ output: stepId })
        : fail(errorOf('skill_failed', `${stepId}: ${fails}`));
    },
  };
}

const cancel = { signalId: 's', runId: CLAIM.runId, type: 'cancel', reason: 'enough' } as const;

describe('steps that do not depend on each other', () => {
  it('are called at once, those after them when all before are over', async () => {
    const { execute, begun, untilBegun, end } = calls();
    const steps = [{ step_id: 'a' }, { step_id: 'b' }, { step_id: 'c', depends_on: ['a', 'b'] }];
    const { execution, told } = executionIn({ journal: journalOf(steps), execute });
    const run = execution.run();
    await untilBegun(2);
    end('b');
    end('a');
    await untilBegun(3);
    end('c');
    expect(await run).toBe('finished');
    expect(begun).toEqual(['a', 'b', 'c']);
    expect(told.map(({ seq }) => seq)).toEqual(told.map((_event, index) => index + 3));
    expect(told.at(-1)).toMatchObject({ data: { status: 'succeeded', output: 'c', steps_finished: 3 } });
  });

  it('are called no more at once than the goal allows', async () => {
    const { execute, begun, untilBegun, end } = calls();
    const steps = ['a', 'b', 'c'].map((step_id) => ({ step_id }));
    const { execution } = executionIn({ journal: journalOf(steps, 2), execute });
    const run = execution.run();
    await untilBegun(2);
    await new Promise(setImmediate);
    expect(begun).toEqual(['a', 'b']);
    end('a');
    await untilBegun(3);
    end('b');
    end('c');
    expect(await run).toBe('finished');
  });

  it('are awaited, not cut, when one of them fails; nothing new is begun', async () => {
    const { execute, begun, untilBegun, end } = calls();
    const steps = [{ step_id: 'a' }, { step_id: 'b' }, { step_id: 'c', depends_on: ['b'] }];
    const { execution, told } = executionIn({ journal: journalOf(steps), execute });
    const run = execution.run();
    await untilBegun(2);
    end('a', 'broken');
    await new Promise(setImmediate);
    end('b');
    expect(await run).toBe('finished');
    expect(begun).toEqual(['a', 'b']);
    const ended = told.filter(({ type }) => type === 'step.finished').map(({ data }) => data);
    expect(ended).toMatchObject([
      { step_id: 'a', status: 'failed' },
      { step_id: 'b', status: 'succeeded' },
    ]);
    expect(told.at(-1)).toMatchObject({ data: { status: 'failed', error: { message: 'a: broken' } } });
  });

  it('go on beside one whose failure the run outlives', async () => {
    const { execute, untilBegun, end } = calls();
    const steps = [
      { step_id: 'a', on_failure: 'continue' as const },
      { step_id: 'b', depends_on: ['a'], params: { from: '${{ steps.a.output.x }}' } },
    ];
    const { execution, told } = executionIn({ journal: journalOf(steps), execute });
    const run = execution.run();
    await untilBegun(1);
    end('a', 'broken');
    await untilBegun(2);
    end('b');
    expect(await run).toBe('finished');
    expect(told.at(-1)).toMatchObject({ data: { status: 'succeeded', output: 'b' } });
  });

  it('are all cut by a cancel', async () => {
    const { execute, untilBegun } = calls();
    const steps = [{ step_id: 'a' }, { step_id: 'b' }];
    const { execution, told } = executionIn({ journal: journalOf(steps), execute });
    const run = execution.run();
    await untilBegun(2);
    execution.take(cancel);
    expect(await run).toBe('finished');
    const closed = told.filter(({ type }) => type === 'step.finished').map(({ data }) => data);
    expect(closed).toMatchObject([{ status: 'cancelled' }, { status: 'cancelled' }]);
    expect(told.at(-1)).toMatchObject({ data: { status: 'cancelled' } });
  });

  it('are awaited when the slot is wanted back', async () => {
    const { execute, begun, untilBegun, end } = calls();
    const steps = [{ step_id: 'a' }, { step_id: 'b' }, { step_id: 'c', depends_on: ['a'] }];
    const { execution, types } = executionIn({ journal: journalOf(steps), execute });
    const run = execution.run();
    await untilBegun(2);
    execution.yield();
    end('a');
    end('b');
    expect(await run).toBe('handed-back');
    expect(begun).toEqual(['a', 'b']);
    expect(types().filter((type) => type === 'step.finished')).toHaveLength(2);
  });
});

describe('a step whose next attempt is far off', () => {
  const retry = {
    ...STEP.retry,
    maximum_attempts: 2,
    initial_interval_ms: 60_000,
    maximum_interval_ms: 60_000,
  };
  const steps = [{ step_id: 'a', retry }, { step_id: 'b' }, { step_id: 'c', depends_on: ['b'] }];

  it('keeps the slot while others can go on, and gives it back when nothing else is left', async () => {
    const done: string[] = [];
    const { execution, types, told } = executionIn({
      journal: journalOf(steps),
      execute: async ({ stepId }) => {
        if (stepId === 'a') return fail(errorOf('upstream_error', 'not yet'));
        await new Promise(setImmediate);
        done.push(stepId);
        return succeed({ output: stepId });
      },
    });
    expect(await execution.run()).toBe('released');
    expect(done).toEqual(['b', 'c']);
    expect(types().at(-1)).toBe('run.waiting');
    const failed = told.find(({ type }) => type === 'tool.call.failed');
    expect(told.at(-1)?.data).toEqual({
      reason: 'retry',
      next_attempt_at: failed?.data && 'next_attempt_at' in failed.data ? failed.data.next_attempt_at : '',
      error: null,
    });
  });
});

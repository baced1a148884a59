import { describe, expect, it } from '@jest/globals';
import { errorOf, fail, succeed } from '@aos/contracts';
import {
  CLAIM,
  executionIn,
  planned,
  queued,
  SPENT,
  started,
  STEP,
} from '../../../test/engine/execution-world.ts';
import { NOTHING_SPENT, type SkillCall } from '../../domain/skill/skill.ts';
import { systemClock } from '../../outbound/clock.ts';
import type { PlanRequest } from './ports.ts';

const cancel = { signalId: 's', runId: CLAIM.runId, type: 'cancel', reason: 'enough' } as const;

/** A call that goes on until it is cut, and has cost something by then. */
function untilCut(begun: () => void) {
  return async (call: SkillCall) => {
    call.charge(SPENT);
    const cut = new Promise((resolve) => call.signal.addEventListener('abort', resolve, { once: true }));
    begun();
    await cut;
    return fail(errorOf('run_cancelled', 'cut'));
  };
}

const onAbort = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));

describe('a call that is cut after it has cost something', () => {
  it.each([{ hasSideEffects: true }, { hasSideEffects: false }])(
    'is accounted for, %p',
    async ({ hasSideEffects }) => {
      const world = executionIn({
        journal: [queued, planned],
        hasSideEffects,
        execute: untilCut(() => world.execution.take(cancel)),
      });
      expect(await world.execution.run()).toBe('finished');
      expect(world.told.at(-2)).toMatchObject({
        type: 'step.finished',
        data: { status: 'cancelled', cost_microcents: 300, input_tokens: 20, output_tokens: 5 },
      });
      expect(world.told.at(-1)).toMatchObject({
        type: 'run.finished',
        data: { status: 'cancelled', cost_microcents: 300, input_tokens: 20, output_tokens: 5 },
      });
    },
  );

  it('leaves a step that was free of charge to the cancellation', async () => {
    const world = executionIn({
      journal: [queued, planned],
      hasSideEffects: false,
      execute: async ({ signal }) => {
        world.execution.take(cancel);
        return fail(errorOf('run_cancelled', String(signal.aborted)));
      },
    });
    await world.execution.run();
    expect(world.types()).toEqual(['run.started', 'run.finished']);
  });
});

describe('planning', () => {
  it('starts only when all that led to it is durable', async () => {
    const { promise: writing, resolve: write } = Promise.withResolvers<void>();
    const asked: PlanRequest[] = [];
    const { execution, types } = executionIn({
      journal: [queued],
      writing,
      plan: async (request) => {
        asked.push(request);
        return { outcome: fail(errorOf('planning_failed', 'no')), spend: SPENT };
      },
    });
    const run = execution.run();
    await systemClock.sleep(5);
    expect(types()).toEqual(['run.started']);
    expect(asked).toEqual([]);
    write();
    expect(await run).toBe('finished');
    expect(asked).toMatchObject([
      {
        agentVersion: 4,
        goal: 'goal',
        context: { a: 1 },
        maxSteps: 9,
        budgetMicrocents: 1_000,
        keyNumber: 1,
      },
    ]);
  });

  it('gives the run its steps and what they cost to find', async () => {
    const plan = { steps: [STEP], planner: 'anthropic', model: 'claude-x', reasoning: 'why' };
    const { execution, told, types } = executionIn({
      journal: [queued],
      plan: async () => ({ outcome: succeed(plan), spend: SPENT }),
    });
    await execution.run();
    expect(types()).toEqual([
      'run.started',
      'plan.created',
      'tool.call.requested',
      'tool.call.succeeded',
      'step.finished',
      'run.finished',
    ]);
    expect(told[1]?.data).toMatchObject({
      plan_id: 'id',
      metadata: {
        planner: 'anthropic',
        model: 'claude-x',
        reasoning: 'why',
        input_tokens: 20,
        output_tokens: 5,
      },
      cost_microcents: 300,
      steps: [STEP],
    });
    expect(told.at(-1)).toMatchObject({
      data: { status: 'succeeded', cost_microcents: 300, input_tokens: 20 },
    });
  });

  it('is tried again after a while in the slot, longer ones out of it, and counts its cost once', async () => {
    const { execution, told } = executionIn({
      journal: [queued, started],
      plan: async () => {
        const facts = { retryAfterMs: 30_000 };
        return { outcome: fail(errorOf('rate_limited', 'later', facts)), spend: SPENT };
      },
    });
    expect(await execution.run()).toBe('released');
    expect(told).toMatchObject([
      { type: 'plan.rejected', data: { attempt: 1, error: { code: 'rate_limited' } } },
      { type: 'run.waiting', data: { reason: 'planning_retry' } },
    ]);
    expect(told[0]?.data).not.toHaveProperty('cost_microcents');
  });

  it('fails the run with the last failure, whose cost is kept', async () => {
    const { execution, told } = executionIn({
      journal: [queued, started],
      plan: async () => ({ outcome: fail(errorOf('planning_failed', 'no')), spend: SPENT }),
    });
    expect(await execution.run()).toBe('finished');
    expect(told).toMatchObject([
      { type: 'plan.rejected', data: { next_attempt_at: null, cost_microcents: 300 } },
      {
        type: 'run.finished',
        data: { status: 'failed', error: { code: 'planning_failed' }, cost_microcents: 300 },
      },
    ]);
  });

  it.each([
    { spend: SPENT, types: ['plan.rejected', 'run.finished'], cost: 300 },
    { spend: NOTHING_SPENT, types: ['run.finished'], cost: 0 },
  ])('is cut by a cancel, what it had cost is kept: $cost', async ({ spend, types, cost }) => {
    const world = executionIn({
      journal: [queued, started],
      plan: async ({ signal }) => {
        const aborted = onAbort(signal);
        world.execution.take(cancel);
        await aborted;
        return { outcome: fail(errorOf('deadline_exceeded', 'gone')), spend };
      },
    });
    expect(await world.execution.run()).toBe('finished');
    expect(world.types()).toEqual(types);
    expect(world.told.at(-1)).toMatchObject({
      data: { status: 'cancelled', cost_microcents: cost, error: { message: 'enough' } },
    });
  });

  it('is left at once when the slot is wanted back, for the next process to repeat', async () => {
    const world = executionIn({
      journal: [queued, started],
      plan: async ({ signal }) => {
        const aborted = onAbort(signal);
        world.execution.yield();
        await aborted;
        return { outcome: fail(errorOf('deadline_exceeded', 'gone')), spend: SPENT };
      },
    });
    expect(await world.execution.run()).toBe('handed-back');
    expect(world.told).toEqual([]);
  });
});

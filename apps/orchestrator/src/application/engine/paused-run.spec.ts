import { describe, expect, it } from '@jest/globals';
import { succeed } from '@aos/contracts';
import { CLAIM, executionIn, planned, queued, started, STEP } from '../../../test/engine/execution-world.ts';
import type { NewRunEvent } from '../../domain/run/state.ts';
import type { SkillCall } from '../../domain/skill/skill.ts';
import type { Decision, RunSignal } from './ports.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const two: NewRunEvent = {
  ...planned,
  type: 'plan.created',
  data: {
    plan_id: 'p',
    metadata: {
      planner: 'caller',
      model: null,
      reasoning: null,
      input_tokens: 0,
      output_tokens: 0,
      latency_ms: 0,
    },
    steps: [STEP, { ...STEP, step_id: 'tell', depends_on: ['ask'] }],
  },
};
const pausing: RunSignal = { signalId: 'p', runId: CLAIM.runId, type: 'pause' };
const resuming = (decision: Decision | null = null, signalId = 'r'): RunSignal => ({
  signalId,
  runId: CLAIM.runId,
  type: 'resume',
  decision,
});
const waiting = (reason: string): NewRunEvent => ({
  type: 'run.waiting',
  time: TIME,
  data: { reason, next_attempt_at: null, error: null },
});

describe('a pause', () => {
  it('lets the call under way end and begins nothing more', async () => {
    const world = executionIn({
      journal: [queued, two],
      execute: async () => {
        world.execution.take(pausing);
        return succeed({ output: 1 });
      },
    });
    expect(await world.execution.run()).toBe('released');
    expect(world.types().slice(-2)).toEqual(['step.finished', 'run.waiting']);
    expect(world.told.at(-1)).toMatchObject({ data: { reason: 'paused', next_attempt_at: null } });
  });

  it('of a run with nothing left to do lets it finish', async () => {
    const world = executionIn({
      journal: [queued, planned],
      execute: async () => {
        world.execution.take(pausing);
        return succeed({ output: 1 });
      },
    });
    expect(await world.execution.run()).toBe('finished');
  });

  it.each([{ journal: [queued, two] }, { journal: [queued, two, started, waiting('retry')] }])(
    'is kept by a run that was not at work',
    async ({ journal }) => {
      const { execution, types } = executionIn({ journal });
      execution.take(pausing);
      expect(await execution.run()).toBe('released');
      expect(types()).toEqual(['run.waiting']);
    },
  );

  it('is taken back by a resume, told again it changes nothing', async () => {
    const { execution, types } = executionIn({ journal: [queued, planned] });
    execution.take(pausing);
    execution.take(resuming());
    execution.take(pausing);
    expect(await execution.run()).toBe('finished');
    expect(types()).not.toContain('run.waiting');
  });
});

describe('a resume', () => {
  it('lets a paused run go on', async () => {
    const { execution, types } = executionIn({ journal: [queued, planned, started, waiting('paused')] });
    execution.take(resuming());
    expect(await execution.run()).toBe('finished');
    expect(types()[0]).toBe('run.resumed');
  });

  const intent: NewRunEvent = {
    type: 'tool.call.requested',
    time: TIME,
    data: {
      step_id: 'ask',
      skill: 'paid',
      attempt: 2,
      idempotency_key: 'the-key',
      idempotent: false,
      timeout_ms: 100,
    },
  };
  const parked = [queued, two, started, intent, waiting('unknown_outcome')];

  it('by a person calls a step again with the same key', async () => {
    const keys: string[] = [];
    const { execution, told, types } = executionIn({
      journal: parked,
      execute: async ({ idempotencyKey, stepId }: SkillCall) => {
        if (stepId === 'ask') keys.push(idempotencyKey);
        return succeed({ output: 1 });
      },
    });
    execution.take(resuming({ stepId: 'ask', outcome: 'retry' }));
    expect(await execution.run()).toBe('finished');
    expect(keys).toEqual(['the-key']);
    expect(types().slice(0, 3)).toEqual(['run.resumed', 'step.resolved', 'tool.call.requested']);
    expect(told[2]?.data).toMatchObject({ attempt: 2, idempotency_key: 'the-key' });
  });

  it.each([
    { outcome: 'skip', status: 'skipped', run: 'succeeded' },
    { outcome: 'fail', status: 'failed', run: 'failed' },
  ] as const)('by a person who says $outcome ends the step as $status', async ({ outcome, status, run }) => {
    const { execution, told } = executionIn({ journal: parked });
    execution.take(resuming({ stepId: 'ask', outcome }));
    expect(await execution.run()).toBe('finished');
    const ended = told.find(({ type }) => type === 'step.finished');
    expect(ended?.data).toMatchObject({ step_id: 'ask', status });
    expect(told.at(-1)).toMatchObject({ data: { status: run } });
  });

  it('with a decision about a step that needs none changes nothing', async () => {
    const { execution, types } = executionIn({ journal: parked });
    execution.take(resuming({ stepId: 'tell', outcome: 'skip' }));
    expect(await execution.run()).toBe('released');
    expect(types()).toEqual(['run.resumed', 'run.waiting']);
  });
});

import type { EventData, PlanStep } from '@aos/contracts';
import { fold } from '../../src/domain/run/evolve.ts';
import type { NewRunEvent, RunState } from '../../src/domain/run/state.ts';
import { STEP, planned, queued } from './execution-world.ts';

export const TIME = '2026-01-01T00:00:00.000Z';
export const LATER = '2026-01-01T00:00:09.000Z';
export const FAILURE = { code: 'skill_failed', message: 'no', retryable: false, owner: 'caller' } as const;
const METADATA = {
  planner: 'anthropic',
  model: 'm',
  reasoning: 'why',
  input_tokens: 10,
  output_tokens: 2,
  latency_ms: 5,
};

export type Steps = (Partial<PlanStep> & { step_id: string })[];

export const adaptive = (replan: 'on_failure' | 'every_step' = 'on_failure'): NewRunEvent => {
  if (queued.type !== 'run.queued') throw new Error('not queued');
  return { ...queued, data: { ...queued.data, planning_mode: 'adaptive', replan } };
};
export const stepsOf = (steps: Steps): PlanStep[] => steps.map((step) => ({ ...STEP, ...step }));

export function plan(...steps: Steps): NewRunEvent {
  if (planned.type !== 'plan.created') throw new Error('not a plan');
  return { ...planned, data: { ...planned.data, steps: stepsOf(steps) } };
}

export const change = (...steps: Steps): NewRunEvent => ({
  type: 'plan.created',
  time: TIME,
  data: {
    plan_id: 'q',
    revises: 'p',
    decision: 'change',
    metadata: METADATA,
    steps: stepsOf(steps),
    cost_microcents: 7,
  },
});
export const review = (
  decision: EventData<'plan.reviewed'>['decision'],
  more: Partial<EventData<'plan.reviewed'>> = {},
): NewRunEvent => ({
  type: 'plan.reviewed',
  time: TIME,
  data: {
    plan_id: 'p',
    decision,
    metadata: METADATA,
    output: null,
    error: null,
    cost_microcents: 7,
    ...more,
  },
});
export const ended = (stepId: string, status: 'succeeded' | 'failed' = 'succeeded'): NewRunEvent => ({
  type: 'step.finished',
  time: TIME,
  data: {
    step_id: stepId,
    skill: 'paid',
    status,
    attempts: 1,
    output: status === 'failed' ? null : stepId,
    error: status === 'failed' ? FAILURE : null,
    started_at: TIME,
    latency_ms: 1,
    cost_microcents: 100,
  },
});
export const repeatedLater = (stepId: string): NewRunEvent => ({
  type: 'tool.call.failed',
  time: TIME,
  data: { step_id: stepId, skill: 'paid', attempt: 1, error: FAILURE, latency_ms: 1, next_attempt_at: LATER },
});
export const rejected = (nextAttemptAt: string | null, attempt = 1): NewRunEvent => ({
  type: 'plan.rejected',
  time: TIME,
  data: { attempt, error: FAILURE, latency_ms: 1, next_attempt_at: nextAttemptAt },
});
export const finished = (status: 'succeeded' | 'failed'): NewRunEvent => ({
  type: 'run.finished',
  time: TIME,
  data: { status, output: null, error: null, cost_microcents: 0, cost_cents: 0, steps_finished: 0 },
});

export const foldOf = (events: NewRunEvent[]): RunState =>
  fold(events.map((event, index) => ({ ...event, seq: index + 1 })));

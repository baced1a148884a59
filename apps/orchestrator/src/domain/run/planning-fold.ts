import type { EventData, PlanStep } from '@aos/contracts';
import { withPlan, withReview } from './adaptive.ts';
import { charged, withArtifact } from './state-changes.ts';
import type { RunState, StepState } from './state.ts';

/** A plan takes the place of the steps that have not begun; those that have stay as they are. */
export function planned(state: RunState, data: EventData<'plan.created'>, time: string): RunState {
  const { cost_microcents, revises: _revises, decision: _decision, ...plan } = data;
  const { input_tokens, output_tokens } = plan.metadata;
  const paid = charged(state, { cost_microcents, input_tokens, output_tokens });
  const ended = (state.plan?.steps ?? []).filter(({ step_id }) => hasBegun(state.steps[step_id]));
  const next: RunState = {
    ...paid,
    plan: { ...plan, steps: [...ended, ...plan.steps] },
    planning: { ...state.planning, nextAttemptAt: null },
    steps: Object.fromEntries([
      ...ended.map(({ step_id }) => [step_id, state.steps[step_id]]),
      ...plan.steps.map(pendingStep),
    ]),
  };
  return withPlan(next, { before: state, data, time });
}

/** The plan in force stays as it is, or the run ends with it. */
export function planReviewed(state: RunState, data: EventData<'plan.reviewed'>, time: string): RunState {
  const { input_tokens, output_tokens } = data.metadata;
  const { cost_microcents, output_artifact: kept } = data;
  const artifacts = kept === undefined ? state.artifacts : withArtifact(state.artifacts, kept);
  const paid = charged(state, { cost_microcents, input_tokens, output_tokens });
  return withReview({ ...paid, artifacts }, data, time);
}

export function planRejected(state: RunState, data: EventData<'plan.rejected'>): RunState {
  return {
    ...charged(state, data),
    planning: {
      attempts: data.attempt,
      nextAttemptAt: data.next_attempt_at,
      error: data.error,
      keyNumber: state.planning.keyNumber + (data.error.code === 'idempotency_conflict' ? 1 : 0),
    },
  };
}

function hasBegun(step: StepState | undefined): boolean {
  return step !== undefined && step.status !== 'pending';
}

export function pendingStep(plan: PlanStep): [string, StepState] {
  return [
    plan.step_id,
    {
      plan,
      status: 'pending',
      attempts: 0,
      intent: null,
      awaits: null,
      wait: null,
      idempotencyKey: null,
      startedAt: null,
      finishedAt: null,
      finishedSeq: null,
      nextAttemptAt: null,
      output: null,
      outputArtifact: null,
      error: null,
      costMicrocents: 0,
      inputTokens: 0,
      outputTokens: 0,
      declared: null,
      compensation: null,
    },
  ];
}

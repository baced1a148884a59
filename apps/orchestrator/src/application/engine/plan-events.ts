import { errorOf, type ErrorSpec, type EventData, type Plan } from '@aos/contracts';
import type { RunState } from '../../domain/run/state.ts';
import type { Spend } from '../../domain/skill/skill.ts';
import type { KeptOutput } from '../artifacts/step-outputs.ts';
import { spentFields } from './attempt-events.ts';
import type { PlannedSteps, Review } from './ports.ts';

/** What asking the planner took. */
export interface AskingFacts {
  planId: string;
  spend: Spend;
  latencyMs: number;
}

/** A plan as the journal has it; the tokens stand in its metadata. */
export function createdPlan(planned: PlannedSteps, facts: AskingFacts): EventData<'plan.created'> {
  return { plan_id: facts.planId, steps: planned.steps, ...paidAnswer(planned, facts) };
}

type Change = Extract<Review, { decision: 'change' }>;

/** Steps in place of those of `plan` that have not begun. */
export function changedPlan(review: Change, plan: Plan, facts: AskingFacts): EventData<'plan.created'> {
  return { ...createdPlan(review, facts), revises: plan.plan_id, decision: 'change' };
}

/** The plan stays as it is, or the run ends; `given` is what it gives then. */
export function reviewedPlan(
  review: Exclude<Review, Change>,
  { plan, given, state }: { plan: Plan; given: KeptOutput; state: RunState },
  facts: AskingFacts,
): EventData<'plan.reviewed'> {
  const { output, outputArtifact } = given;
  return {
    plan_id: plan.plan_id,
    decision: review.decision,
    ...paidAnswer(review, facts),
    output,
    ...(outputArtifact !== null && { output_artifact: outputArtifact }),
    error: review.decision === 'give_up' ? givenUp(review.reasoning, state) : null,
  };
}

function paidAnswer(
  { planner, model, reasoning }: Pick<PlannedSteps, 'planner' | 'model' | 'reasoning'>,
  { spend, latencyMs }: AskingFacts,
) {
  const { cost_microcents, ...tokens } = spentFields(spend);
  return { metadata: { planner, model, reasoning, ...tokens, latency_ms: latencyMs }, cost_microcents };
}

/** With the failure that led to it, if one did. */
function givenUp(reasoning: string | null, { failedStep, steps }: RunState): ErrorSpec {
  const message = reasoning === null || reasoning === '' ? 'the planner gave no reason' : reasoning;
  const error = failedStep === null ? null : (steps[failedStep]?.error ?? null);
  if (error === null) return errorOf('goal_given_up', message);
  const details = { step_id: failedStep, code: error.code, message: error.message };
  return errorOf('goal_given_up', message, { details });
}

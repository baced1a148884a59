import { succeed, type StructuredOutcome } from '@aos/contracts';
import type { KeptOutput } from '../artifacts/step-outputs.ts';
import { changedPlan, reviewedPlan, type AskingFacts } from './plan-events.ts';
import type { NewRunEvent, RunState } from '../../domain/run/state.ts';
import type { PlanningResult, PlanRequest, Review } from './ports.ts';
import type { Turn } from './turn.ts';

/** What a planner said, and how the journal tells of it. */
export interface PlannerAnswer {
  planner: string;
  event(facts: AskingFacts, time: string): NewRunEvent;
}

const NOTHING: KeptOutput = { output: null, outputArtifact: null };
/** Of the file that a large outcome is kept as; no step can have it. */
const OUTCOME_NAME = 'run.outcome';

/** The planner is told what became of the steps; what the run gives, if it ends here, is kept. */
export async function reviewRun(
  { parts: { planner, tools }, claim, journal: { state } }: Turn,
  request: PlanRequest,
): Promise<PlanningResult<PlannerAnswer>> {
  const { tenantId } = claim;
  const resolve = (output: Parameters<typeof tools.resolve>[1]) => tools.resolve(tenantId, output, state);
  const { outcome, spend } = await planner.review({ ...request, state, resolve });
  if (!outcome.ok) return { outcome, spend };
  const review = outcome.value;
  const given =
    review.decision === 'end'
      ? await tools.keep({ tenantId, stepId: OUTCOME_NAME }, review.output)
      : succeed(NOTHING);
  return { outcome: asAnswer(state, review, given), spend };
}

function asAnswer(
  state: RunState,
  review: Review,
  given: StructuredOutcome<KeptOutput>,
): StructuredOutcome<PlannerAnswer> {
  const { plan } = state;
  if (!given.ok) return given;
  if (plan === null) throw new Error('a run without a plan has nothing to review');
  return succeed({
    planner: review.planner,
    event: (facts, time) =>
      review.decision === 'change'
        ? { type: 'plan.created', time, data: changedPlan(review, plan, facts) }
        : {
            type: 'plan.reviewed',
            time,
            data: reviewedPlan(review, { plan, given: given.value, state }, facts),
          },
  });
}

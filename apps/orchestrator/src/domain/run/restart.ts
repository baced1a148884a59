import {
  errorOf,
  fail,
  invalidRequest,
  succeed,
  type EventData,
  type StructuredOutcome,
} from '@aos/contracts';
import { isTerminal, type RunState, type StepState } from './state.ts';

/** What restarting an ended run from a step means, or why it cannot be. */
export function restartOf(
  state: RunState,
  fromStep: string | undefined,
): StructuredOutcome<EventData<'run.restarted'>> {
  if (!isTerminal(state.status)) {
    return fail(
      errorOf('conflict', `the run has not ended: ${state.status}; only an ended run is restarted`),
    );
  }
  if (state.parent !== null) {
    const message = `it is a child run; restart the run above it, ${state.parent.runId}`;
    return fail(errorOf('conflict', message));
  }
  const from = fromStep ?? firstToRepeat(state);
  if (from !== undefined && state.steps[from] === undefined) return refused(`there is no step ${from}`);
  const { adaptive, plan, status } = state;
  // Of an adaptive run that did not succeed the planner is asked once more.
  const isAskedAgain = adaptive !== null && status !== 'succeeded';
  if (from === undefined && plan !== null && !isAskedAgain)
    return refused('is missing: every step ended well, so say which to begin with');
  return succeed({
    from_step: from ?? null,
    generation: state.generation + 1,
    reserved_microcents: state.estimateMicrocents,
  });
}

/** The step itself, all that come after it in the graph, and every step that has not ended well. */
export function stepsAgain(state: RunState, fromStep: string | null): ReadonlySet<string> {
  const again = new Set<string>();
  // In topological order, so that what a step depends on is judged before it.
  for (const { step_id, depends_on } of state.plan?.steps ?? []) {
    const step = state.steps[step_id];
    const isAfter = depends_on.some((id) => again.has(id));
    if (step_id === fromStep || isAfter || step === undefined || !hasEndedWell(step, state))
      again.add(step_id);
  }
  return again;
}

/** The step whose failure ended the run, else the first that has not ended well. */
function firstToRepeat(state: RunState): string | undefined {
  const { failedStep, plan, steps } = state;
  if (failedStep !== null) return failedStep;
  return plan?.steps.find(({ step_id }) => {
    const step = steps[step_id];
    return step !== undefined && !hasEndedWell(step, state);
  })?.step_id;
}

/** A step that was skipped or failed while its run went on is over as it was wanted; one that was never begun is not. */
function hasEndedWell({ status, finishedAt, plan }: StepState, { adaptive }: RunState): boolean {
  if (status === 'succeeded') return true;
  if (status === 'skipped') return finishedAt !== null;
  if (status !== 'failed') return false;
  return plan.on_failure === 'continue' || adaptive?.passedOver.includes(plan.step_id) === true;
}

function refused(message: string): StructuredOutcome<never> {
  return fail(invalidRequest([{ field: '/from_step', message }]));
}

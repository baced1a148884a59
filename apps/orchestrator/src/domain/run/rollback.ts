import { errorOf, type Compensation, type ErrorSpec, type PlanStep } from '@aos/contracts';
import type { CallCommand, Command } from './command.ts';
import { endOf } from './end-run.ts';
import { compensationOf } from './rollback-order.ts';
import type { CompensationState, RunState, StepState } from './state.ts';

/** What a run on its way back does next: undoes one step after the other, then ends as it would have ended. */
export function rollbackCommands(state: RunState, inFlight: ReadonlySet<string>): Command[] {
  if (state.rollback === null || inFlight.size > 0) return [];
  const { cause, steps } = state.rollback;
  for (const stepId of steps) {
    const step = state.steps[stepId];
    const next = step === undefined ? undefined : nextForStep(step);
    if (next !== undefined) return [next];
  }
  return [endOf(state, { ...cause, output: null })];
}

/** Whether a person has to say what becomes of undoing the step: it has failed for good, or its outcome is not known. */
export function isUndoingUndecided({ compensation }: StepState): boolean {
  return compensation !== null && (compensation.status === 'failed' || isUnknown(compensation));
}

/** Why a step could not be undone, for who decides about it. */
export function undoingError({ plan, compensation }: StepState): ErrorSpec | null {
  if (compensation === null || !isUnknown(compensation)) return compensation?.error ?? null;
  const message = `the process was lost while step ${plan.step_id} was undone; whether that happened is not known`;
  return errorOf('unknown_outcome', message);
}

function isUnknown({ intent }: CompensationState): boolean {
  return intent !== null && !intent.isIdempotent && !intent.isRepeatWanted;
}

/** Undefined: the step is undone, or stays as it is. */
function nextForStep(step: StepState): Command | undefined {
  const { compensation: undoing } = step;
  const compensation = compensationOf(step);
  if (undoing === null || compensation === null) return undefined;
  if (undoing.status === 'succeeded' || undoing.status === 'skipped') return undefined;
  if (isUndoingUndecided(step)) return parkFor(step);
  const { intent, attempts, attemptsBefore, nextAttemptAt } = undoing;
  const call: CallCommand = {
    type: 'call',
    step: asStep(step.plan, compensation),
    attempt: intent?.attempt ?? attempts + 1,
    intent,
    notBefore: intent === null ? nextAttemptAt : null,
    undoing: { attemptsBefore, hasFinalParams: step.plan.compensate_with === undefined },
  };
  return call;
}

function parkFor(step: StepState): Command {
  const reason = step.compensation?.status === 'failed' ? 'compensation_failed' : 'unknown_outcome';
  const error =
    undoingError(step) ?? errorOf('skill_failed', `step ${step.plan.step_id} could not be undone`);
  return { type: 'park', reason, error };
}

/** Called as a step is. */
function asStep(
  { step_id }: PlanStep,
  { skill, skill_version, params, timeout_ms, retry }: Compensation,
): PlanStep {
  return { step_id, skill, skill_version, params, depends_on: [], timeout_ms, retry };
}

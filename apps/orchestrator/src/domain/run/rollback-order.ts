import type { Compensation } from '@aos/contracts';
import type { RunState, StepState } from './state.ts';

/** What undoes a step: what the plan says, else what its skill declared; null: nothing does. */
export function compensationOf({ plan, declared }: StepState): Compensation | null {
  return plan.compensate_with ?? declared;
}

/**
 * The steps of a run that are to be undone, the last completed first, whichever branch it was on. One that a person had
 * left as it is stays so until it runs again; one that was only taken over into a replay is not this run's to undo.
 */
export function stepsToCompensate({ steps }: RunState): string[] {
  return Object.values(steps)
    .filter(
      (step) =>
        step.status === 'succeeded' &&
        step.isRecorded !== true &&
        step.compensation === null &&
        compensationOf(step) !== null,
    )
    .toSorted((left, right) => (right.finishedSeq ?? 0) - (left.finishedSeq ?? 0))
    .map(({ plan }) => plan.step_id);
}

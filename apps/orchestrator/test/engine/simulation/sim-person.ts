import type { Decision } from '../../../src/application/engine/ports.ts';
import { isOutcomeUnknown } from '../../../src/domain/run/decide.ts';
import { fold } from '../../../src/domain/run/evolve.ts';
import { isUndoingUndecided } from '../../../src/domain/run/rollback.ts';
import type { Simulation } from './simulation.ts';

/** Reasons for which a run waits until a person has decided about a step. */
export const NEED_DECISION: readonly (string | null)[] = ['unknown_outcome', 'compensation_failed'];

/** What a person decides about a run that waits for it; `isLast`: so that nothing more is tried. */
export function decideAbout({ store, outside, world }: Simulation, runId: string, isLast = false): Decision {
  const { steps, rollback } = fold(store.journals.events(runId));
  const isUndo = rollback !== null;
  const open = Object.values(steps).filter(isUndo ? isUndoingUndecided : isOutcomeUnknown);
  const outcomes = isUndo ? (['retry', 'skip'] as const) : (['retry', 'skip', 'fail'] as const);
  const decision = {
    stepId: world.random.pick(open).plan.step_id,
    outcome: isLast ? ('skip' as const) : world.random.pick(outcomes),
  };
  if (decision.outcome === 'retry') outside.allowRepeat(runId, decision.stepId, isUndo);
  return decision;
}

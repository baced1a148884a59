import { fold } from '../../../src/domain/run/evolve.ts';
import type { Simulation } from './simulation.ts';

/**
 * No run succeeds with a failure that its plan does not allow and its planner was not told of, and an adaptive run does not
 * fail with a step's own failure: that its planner is told.
 */
export function checkFailuresTold({ world, store }: Simulation): void {
  for (const runId of store.runs.keys()) {
    const { status, failedStep, steps, adaptive, outcome } = fold(store.journals.events(runId));
    if (failedStep === null) continue;
    if (status === 'succeeded')
      world.violate(`a run succeeded although a step failed: ${runId}/${failedStep}`);
    const isOwn = JSON.stringify(outcome?.error) === JSON.stringify(steps[failedStep]?.error);
    if (status === 'failed' && adaptive !== null && isOwn)
      world.violate(`a failure was not told: ${runId}/${failedStep}`);
  }
}

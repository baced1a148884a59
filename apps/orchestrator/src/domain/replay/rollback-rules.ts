import type { RunEvent } from '../run/state.ts';
import { explainedIf, type Explanation } from './explanation.ts';
import type { Scene } from './scene.ts';

/** An event of a rollback stands where the run is rolled back, or begins to be. */
export function ofRollback({ state }: Scene, event: RunEvent): Explanation {
  const isBegun = state.rollback !== null || event.type === 'run.compensating';
  return explainedIf(isBegun, { do: event.type, ...event.data });
}

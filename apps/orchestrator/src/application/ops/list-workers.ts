import {
  succeed,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type opsWorkersList,
} from '@aos/contracts';
import { platformOnly } from './platform-only.ts';
import type { WorkerFleet } from './worker-fleet.ts';

/** The processes that run runs, oldest first. */
export function listWorkers(fleet: WorkerFleet) {
  return async (context: RequestContext): Promise<StructuredOutcome<OutputOf<typeof opsWorkersList>>> =>
    platformOnly(context) ?? succeed({ data: await fleet.list() });
}

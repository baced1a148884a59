import {
  errorOf,
  fail,
  succeed,
  type RequestContext,
  type StructuredOutcome,
  type Worker,
} from '@aos/contracts';
import type { EventPublisher } from '../engine/ports.ts';
import type { Audit } from './audit.ts';
import { platformOnly } from './platform-only.ts';
import type { WorkerFleet } from './worker-fleet.ts';

interface DrainParts {
  fleet: WorkerFleet;
  publisher: EventPublisher;
  audit: Audit;
}

/** Orders a process to hand back its runs and take none, or to take runs again. A restarted process is a new one. */
export function drainWorker({ fleet, publisher, audit }: DrainParts, isDraining: boolean) {
  return async (
    context: RequestContext,
    { worker_id: workerId }: { worker_id: string },
  ): Promise<StructuredOutcome<Worker>> => {
    const refusal = platformOnly(context);
    if (refusal !== undefined) return refusal;
    const worker = await fleet.setDraining(workerId, isDraining);
    if (worker === undefined) return fail(errorOf('not_found', `no worker ${workerId}`));
    audit(context, { action: isDraining ? 'worker.drain' : 'worker.resume', target: workerId });
    publisher.nudge(workerId);
    return succeed(worker);
  };
}

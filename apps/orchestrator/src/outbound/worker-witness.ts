import { signalSubject } from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import type { WorkerWitness } from '../application/engine/ports.ts';

/** A process listens to its signals as long as it is connected to NATS. */
export function natsWorkerWitness(messaging: Messaging): WorkerWitness {
  return { isGone: async (workerId) => (await messaging.hasListener(signalSubject(workerId))) === false };
}

import type { EngineStore, EventPublisher } from '../engine/ports.ts';
import type { RunPlace } from './mailbox.ts';

interface WakeParts {
  store: Pick<EngineStore, 'wake'>;
  publisher: Pick<EventPublisher, 'nudge' | 'publishTickets'>;
}

/** Lets runs hear at once of signals that were left for them. What does not get through is found by the sweep. */
export function wakeRuns({ store, publisher }: WakeParts) {
  return async (runs: readonly RunPlace[]): Promise<void> => {
    for (const run of runs) {
      const receipt = await store.wake(run).catch(() => undefined);
      if (receipt?.kind !== 'left') continue;
      if (receipt.ownerId !== null) publisher.nudge(receipt.ownerId);
      if (receipt.ticket !== null) await publisher.publishTickets([receipt.ticket]).catch(() => undefined);
    }
  };
}

import type { RunIdentity } from './ports.ts';
import type { ExecutionParts } from './turn.ts';

const RETRY_MS = 500;

/**
 * Before a run ends, its children do: none is admitted from here on, and those that have not ended are told to. Gives how
 * many there are; each wakes the run when it has ended.
 */
export async function endChildren(parts: ExecutionParts, { tenantId, runId }: RunIdentity): Promise<number> {
  const { store, publisher, chance } = parts;
  const open = await untilAnswered(parts, () => store.closeToChildren(parts.workerId, runId));
  for (const childId of open) {
    const reason = `the run above it, ${runId}, comes to its end`;
    const signal = {
      signalId: chance.newId(),
      runId: childId,
      type: 'cancel',
      reason,
      onFailure: undefined,
    } as const;
    const receipt = await untilAnswered(parts, () => store.signal({ tenantId, runId: childId }, signal));
    if (receipt.kind !== 'left') continue;
    if (receipt.ownerId !== null) publisher.nudge(receipt.ownerId);
    if (receipt.ticket !== null) await publisher.publishTickets([receipt.ticket]).catch(() => undefined);
  }
  return open.length;
}

async function untilAnswered<T>({ clock, observer }: ExecutionParts, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      observer.trouble('ending child runs', error);
      await clock.sleep(RETRY_MS);
    }
  }
}

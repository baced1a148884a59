import { errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import type { RunRecord } from '../domain/run/view.ts';
import type { Chance, EngineStore, EventPublisher, RunSignal } from './engine/ports.ts';
import type { RunReader } from './run-reader.ts';

export interface SignalParts {
  runs: RunReader;
  store: EngineStore;
  publisher: EventPublisher;
  chance: Chance;
}

/** Tells a run something: its owner does it; a run without owner is made ready so that it soon has one. */
export async function signalRun(
  { runs, store, publisher }: SignalParts,
  tenantId: string,
  signal: RunSignal,
): Promise<StructuredOutcome<{ run: RunRecord; hasEnded: boolean }>> {
  const { runId } = signal;
  const receipt = await store.signal({ tenantId, runId }, signal);
  const run = await runs.find(tenantId, runId);
  if (receipt.kind === 'not_found' || run === undefined) return fail(errorOf('not_found', `no run ${runId}`));
  if (receipt.kind === 'ended') return succeed({ run, hasEnded: true });
  if (receipt.ownerId !== null) publisher.nudge(receipt.ownerId);
  // Once a second every process looks for ready runs, so a ticket that does not get through costs that second.
  if (receipt.ticket !== null) await publisher.publishTickets([receipt.ticket]).catch(() => undefined);
  return succeed({ run, hasEnded: false });
}

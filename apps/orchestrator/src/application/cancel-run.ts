import {
  errorOf,
  fail,
  succeed,
  type InputOf,
  type RequestContext,
  type RunSummary,
  type StructuredOutcome,
  type runsCancel,
} from '@aos/contracts';
import { summaryView } from '../domain/run/view.ts';
import type { Chance, EngineStore, EventPublisher } from './engine/ports.ts';
import type { RunReader } from './run-reader.ts';

interface CancelParts {
  runs: RunReader;
  store: EngineStore;
  publisher: EventPublisher;
  chance: Chance;
}

/** Asks for a run to be cancelled. The owner does it; a run without owner is made ready so that it soon has one. */
export function cancelRun({ runs, store, publisher, chance }: CancelParts) {
  return async (
    context: RequestContext,
    { run_id: runId, reason }: InputOf<typeof runsCancel>,
  ): Promise<StructuredOutcome<RunSummary>> => {
    const { tenantId } = context;
    const signal = { signalId: chance.newId(), runId, type: 'cancel' as const, reason };
    const receipt = await store.signal({ tenantId, runId }, signal);
    const record = await runs.find(tenantId, runId);
    if (receipt.kind === 'not_found' || record === undefined)
      return fail(errorOf('not_found', `no run ${runId}`));
    if (receipt.kind === 'ended' && record.status !== 'cancelled') {
      return fail(errorOf('conflict', `the run has ended: ${record.status}`));
    }
    if (receipt.kind === 'left') {
      if (receipt.ownerId !== null) publisher.nudge(receipt.ownerId);
      // Once a second every process looks for ready runs, so a ticket that does not get through costs that second.
      if (receipt.ticket !== null) await publisher.publishTickets([receipt.ticket]).catch(() => undefined);
    }
    return succeed(summaryView(record));
  };
}

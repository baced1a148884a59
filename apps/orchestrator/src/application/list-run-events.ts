import {
  errorOf,
  fail,
  succeed,
  type CloudEvent,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type runsEvents,
} from '@aos/contracts';
import type { JournalRow } from './engine/ports.ts';
import type { RunReader } from './run-reader.ts';

/** A page of a run's events; the cursor is the run_seq of the last one. */
export function listRunEvents(runs: RunReader, toCloudEvent: (row: JournalRow) => CloudEvent) {
  return async (
    context: RequestContext,
    { run_id: runId, after, limit }: InputOf<typeof runsEvents>,
  ): Promise<StructuredOutcome<OutputOf<typeof runsEvents>>> => {
    const { tenantId } = context;
    const found = await runs.events(tenantId, runId, { after, limit: limit + 1 });
    if (found === undefined) return fail(errorOf('not_found', `no run ${runId}`));
    const page = found.events.slice(0, limit);
    const { agentId, traceparent } = found;
    const data = page.map((event) => toCloudEvent({ runId, tenantId, agentId, traceparent, event }));
    return succeed({
      data,
      next_cursor: found.events.length > limit ? String(page.at(-1)?.seq ?? after) : null,
    });
  };
}

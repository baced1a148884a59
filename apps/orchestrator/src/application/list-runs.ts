import {
  id,
  invalidRequest,
  fail,
  succeed,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type runsList,
} from '@aos/contracts';
import { summaryView } from '../domain/run/view.ts';
import type { RunReader } from './run-reader.ts';

/** The tenant's runs, newest first. The cursor is the last run's id: ids are time-ordered. */
export function listRuns(runs: RunReader) {
  return async (
    context: RequestContext,
    input: InputOf<typeof runsList>,
  ): Promise<StructuredOutcome<OutputOf<typeof runsList>>> => {
    const { agent_id: agentId, status, parent_run_id: parentRunId, cursor: before, limit } = input;
    if (before !== undefined && !id.safeParse(before).success) {
      return fail(
        invalidRequest([{ field: '/cursor', message: 'is not a cursor of this list; start without one' }]),
      );
    }
    const records = await runs.list(context.tenantId, {
      agentId,
      status,
      parentRunId,
      before,
      limit: limit + 1,
    });
    const page = records.slice(0, limit);
    return succeed({
      data: page.map(summaryView),
      next_cursor: records.length > limit ? (page.at(-1)?.runId ?? null) : null,
    });
  };
}

import { EVALUATED_RUNS, cloudEvent, fail, errorOf, succeed, type StructuredOutcome } from '@aos/contracts';
import { isDatabaseUnavailable } from '@aos/database';
import type { Messaging } from '@aos/messaging';
import type { FinishedRun } from '../application/judge-finished-run.ts';

const CONCURRENCY = 4;

/** Tells each run that has ended; at least once, also those that ended while no process was there. */
export function subscribeToFinishedRuns(
  messaging: Messaging,
  onFinished: (run: FinishedRun) => Promise<StructuredOutcome<null>>,
): void {
  messaging.consume(EVALUATED_RUNS, {
    schema: cloudEvent,
    concurrency: CONCURRENCY,
    handle: async (_delivery, { tenantid: tenantId, agentid: agentId, runid: runId }) => {
      if (agentId === undefined || runId === undefined) return succeed(null);
      try {
        return await onFinished({ tenantId, agentId, runId });
      } catch (error) {
        if (!isDatabaseUnavailable(error)) throw error;
        return fail(errorOf('unavailable', 'the database is not available', { retryAfterMs: 1_000 }));
      }
    },
  });
}

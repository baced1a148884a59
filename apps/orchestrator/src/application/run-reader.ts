import type { RunStatus } from '@aos/contracts';
import type { RunEvent } from '../domain/run/state.ts';
import type { RunRecord } from '../domain/run/view.ts';

/** Reads runs of one tenant; undefined: the tenant has no such run. */
export interface RunReader {
  find(tenantId: string, runId: string): Promise<RunRecord | undefined>;
  findWithJournal(
    tenantId: string,
    runId: string,
  ): Promise<{ record: RunRecord; events: RunEvent[] } | undefined>;
  /** Events with run_seq above `after`, in order; `traceparent` is empty where the run has none. */
  events(
    tenantId: string,
    runId: string,
    page: { after: number; limit: number },
  ): Promise<{ agentId: string; traceparent: string; events: RunEvent[] } | undefined>;
  /** Newest first; `before`: only runs older than this run id. */
  list(
    tenantId: string,
    filter: {
      agentId?: string | undefined;
      status?: RunStatus | undefined;
      parentRunId?: string | undefined;
      before?: string | undefined;
      limit: number;
    },
  ): Promise<RunRecord[]>;
}

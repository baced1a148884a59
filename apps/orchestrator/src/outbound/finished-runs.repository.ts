import type { Pool } from '@aos/database';
import type { ExportedRun, FinishedRuns } from '../application/export-finished.ts';
import type { RunEvent } from '../domain/run/state.ts';
import { run, type Statement } from './engine-store/connection.ts';

/** By (finished_at, run_id) through their index; the last event of an ended run is its end. */
const LIST: Statement = {
  name: 'finished_runs',
  text: `
    select r.run_id, r.tenant_id, r.agent_id, r.traceparent, e.run_seq, e.type, e.time, e.payload,
      to_char(r.finished_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as finished_at
    from (
      select run_id, run_day, tenant_id, agent_id, traceparent, finished_at from orchestrator.runs
      where finished_at is not null and finished_at < now() - interval '5 seconds'
        and (finished_at, run_id) > ($1::timestamptz, $2::uuid)
      order by finished_at, run_id limit $3::int) r
    left join lateral (
      select run_seq, type, time, payload from orchestrator.run_events e
      where e.run_day = r.run_day and e.run_id = r.run_id
      order by run_seq desc limit 1) e on e.type = 'run.finished'
    order by r.finished_at, r.run_id`,
};

interface FinishedRow {
  run_id: string;
  tenant_id: string;
  agent_id: string;
  traceparent: string | null;
  finished_at: string;
  run_seq: number | null;
  type: string;
  time: Date;
  payload: unknown;
}

/** Ended runs with their last event. `pool` logs in as aos_engine. */
export function finishedRunsRepository(pool: Pool): FinishedRuns {
  return {
    list: async ({ finishedAt, runId }, limit) =>
      (await run<FinishedRow>(pool, LIST, [finishedAt, runId, limit])).map(toExported),
  };
}

function toExported(found: FinishedRow): ExportedRun {
  const { run_id: runId, tenant_id: tenantId, agent_id: agentId, finished_at: finishedAt } = found;
  if (found.run_seq === null) return { runId, finishedAt, row: undefined };
  const { run_seq: seq, type, time, payload: data } = found;
  // The journal holds only what the engine wrote, so the row is taken at its word.
  const event = { seq, type, time: time.toISOString(), data } as RunEvent;
  return {
    runId,
    finishedAt,
    row: { runId, tenantId, agentId, traceparent: found.traceparent ?? '', event },
  };
}

import type { Pool } from '@aos/database';
import type {
  ArchiveLedger,
  DayRow,
  DayStatus,
  ExportTry,
  JournalDay,
} from '../../application/archive/archive-ledger.ts';
import type { RunEvent } from '../../domain/run/state.ts';
import { run } from '../engine-store/connection.ts';
import {
  BEGIN,
  DAYS,
  DROP,
  FORGET_RUNS,
  GIVE_UP,
  HOLD_UP,
  KEEP_PLACES,
  ROWS,
  UNFINISHED,
  VERIFIED,
} from './archive-ledger.statements.ts';

const LOCK = `pg_try_advisory_lock(hashtext('orchestrator.journal_archives'))`;
const UNLOCK = `pg_advisory_unlock(hashtext('orchestrator.journal_archives'))`;

interface DaysRow {
  run_day: string;
  status: DayStatus | null;
  export_no: number;
  attempts: number;
  updated_at: Date;
  sha256: string | null;
}

interface EventRow {
  run_id: string;
  run_seq: number;
  tenant_id: string;
  agent_id: string;
  type: string;
  time: Date;
  payload: unknown;
  traceparent: string | null;
  engine_version: number | null;
  data_key: number;
}

interface UnfinishedRow {
  run_id: string;
  status: string;
  waiting_reason: string | null;
  runs: number;
}

/** The ledger in Postgres. `pool` logs in as aos_engine, directly: the lock is its connection's, and free when that is lost. */
export function archiveLedgerRepository(pool: Pool): ArchiveLedger {
  return {
    alone: (action) => alone(pool, action),
    days: async (lastDay) => (await run<DaysRow>(pool, DAYS, [lastDay])).map(toDay),
    hindrance: async (day) => {
      const [first] = await run<UnfinishedRow>(pool, UNFINISHED, [day]);
      return first && hindranceOf(first);
    },
    holdUp: async (day, reason) => void (await run(pool, HOLD_UP, [day, reason])),
    giveUp: async ({ day, exportNo }, status, reason) =>
      void (await run(pool, GIVE_UP, [day, exportNo, status, reason])),
    begin: async (day, isFirstTry) => {
      const [row] = await run<{ export_no: number; attempts: number }>(pool, BEGIN, [day, isFirstTry]);
      if (row === undefined) throw new Error('the day has left the journal already');
      return { day, exportNo: row.export_no, attempts: row.attempts };
    },
    rows: async (day, { runId, seq }, limit) =>
      (await run<EventRow>(pool, ROWS, [day, runId, seq, limit])).map(toDayRow),
    keepPlaces: async (attempt, places) => {
      const values = [
        places.map(({ runId }) => runId),
        places.map(({ tenantId }) => tenantId),
        places.map(({ firstByte }) => firstByte),
        places.map(({ bytes }) => bytes),
      ];
      latest(await run(pool, KEEP_PLACES, [attempt.day, attempt.exportNo, ...values]), attempt);
    },
    verified: async (attempt, { sha256, bytes, events, runs }) => {
      const values = [attempt.day, attempt.exportNo, sha256, bytes, events, runs];
      latest(await run(pool, VERIFIED, values), attempt);
    },
    drop: async (day) => {
      const [row] = await run<{ reason: string | null }>(pool, DROP, [day]);
      return row?.reason ?? undefined;
    },
    forgetRuns: async (finishedBefore, limit) => {
      const [row] = await run<{ runs: number }>(pool, FORGET_RUNS, [finishedBefore, limit]);
      return row?.runs ?? 0;
    },
  };
}

async function alone<T>(pool: Pool, action: () => Promise<T>): Promise<T | undefined> {
  const client = await pool.connect();
  let isReusable = false;
  try {
    const { rows } = await client.query<{ locked: boolean }>(`select ${LOCK} as locked`);
    if (rows[0]?.locked !== true) {
      isReusable = true;
      return undefined;
    }
    const result = await action();
    await client.query(`select ${UNLOCK}`);
    isReusable = true;
    return result;
  } finally {
    // A connection that may hold the lock is closed, which frees it.
    client.release(!isReusable);
  }
}

/** A statement that did nothing: a later try has begun. */
function latest(rows: readonly unknown[], { day, exportNo }: ExportTry): void {
  if (rows.length === 0) throw new Error(`export ${exportNo} of ${day} is no longer the latest one`);
}

function hindranceOf({ run_id: runId, status, waiting_reason: reason, runs }: UnfinishedRow): string {
  const why = reason === null ? status : `${status}: ${reason}`;
  return `${runs} of its runs ${runs === 1 ? 'has' : 'have'} not ended; the first is ${runId} (${why})`;
}

function toDay(row: DaysRow): JournalDay {
  return {
    day: row.run_day,
    status: row.status ?? undefined,
    exportNo: row.export_no,
    attempts: row.attempts,
    updatedAtMs: row.updated_at.getTime(),
    sha256: row.sha256 ?? undefined,
  };
}

function toDayRow(row: EventRow): DayRow {
  return {
    engineVersion: row.engine_version ?? 0,
    dataKey: row.data_key,
    row: {
      runId: row.run_id,
      tenantId: row.tenant_id,
      agentId: row.agent_id,
      traceparent: row.traceparent ?? '',
      // The journal holds only what the engine wrote, so the row is taken at its word.
      event: {
        seq: row.run_seq,
        type: row.type,
        time: row.time.toISOString(),
        data: row.payload,
      } as RunEvent,
    },
  };
}

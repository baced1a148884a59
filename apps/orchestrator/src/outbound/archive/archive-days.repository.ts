import type { ArchiveDay } from '@aos/contracts';
import type { Pool } from '@aos/database';
import type { ArchiveDays } from '../../application/archive/archive-ledger.ts';
import { run, type Statement } from '../engine-store/connection.ts';

/** Days that are still in the journal, found by going from one to the next in its index, and those in the ledger. */
const DAYS = `
    with recursive present as (
      (select run_day from orchestrator.run_events order by run_day desc limit 1)
      union all
      select (select e.run_day from orchestrator.run_events e where e.run_day < p.run_day order by e.run_day desc limit 1)
      from present p where p.run_day is not null),
    day as (
      select run_day from present where run_day is not null
      union
      select run_day from orchestrator.journal_archives)
    select day.run_day::text, coalesce(a.status, 'kept') as status, a.reason, coalesce(a.attempts, 0) as attempts,
      a.bytes, a.events, a.runs, a.sha256, a.updated_at, a.verified_at, a.dropped_at
    from day left join orchestrator.journal_archives a using (run_day)`;

const LIST: Statement = {
  name: 'archive_days_list',
  text: `${DAYS} where $1::date is null or day.run_day < $1::date order by day.run_day desc limit $2::int`,
};

const FIND: Statement = { name: 'archive_day', text: `${DAYS} where day.run_day = $1::date` };

const TRY_AGAIN: Statement = {
  name: 'archive_try_again',
  text: `
    update orchestrator.journal_archives set status = 'waiting', updated_at = now() where status = 'failed'
    returning run_day`,
};

interface DayRow {
  run_day: string;
  status: ArchiveDay['status'];
  reason: string | null;
  attempts: number;
  bytes: string | number | null;
  events: string | number | null;
  runs: string | number | null;
  sha256: string | null;
  updated_at: Date | null;
  verified_at: Date | null;
  dropped_at: Date | null;
}

/** The days of the journal as operators see them. `pool` logs in as aos_engine. */
export function archiveDaysRepository(pool: Pool): ArchiveDays {
  return {
    list: async (beforeDay, limit) => (await run<DayRow>(pool, LIST, [beforeDay ?? null, limit])).map(toDay),
    find: async (day) => (await run<DayRow>(pool, FIND, [day])).map(toDay)[0],
    tryFailedAgain: async () => (await run(pool, TRY_AGAIN, [])).length,
  };
}

function toDay(row: DayRow): ArchiveDay {
  return {
    ...row,
    bytes: numberOf(row.bytes),
    events: numberOf(row.events),
    runs: numberOf(row.runs),
    updated_at: row.updated_at?.toISOString() ?? null,
    verified_at: row.verified_at?.toISOString() ?? null,
    dropped_at: row.dropped_at?.toISOString() ?? null,
  };
}

/** Postgres gives a bigint as text. */
const numberOf = (value: string | number | null): number | null => (value === null ? null : Number(value));

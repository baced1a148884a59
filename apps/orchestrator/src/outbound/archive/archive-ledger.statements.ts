import type { Statement } from '../engine-store/connection.ts';

/** Partitions, which may be empty, and days of the default one; those found by going from one to the next in the index. */
export const DAYS: Statement = {
  name: 'archive_days',
  text: `
    with recursive present as (
      (select run_day from orchestrator.run_events order by run_day limit 1)
      union all
      select (select e.run_day from orchestrator.run_events e where e.run_day > p.run_day order by e.run_day limit 1)
      from present p where p.run_day < $1::date),
    day as (
      select run_day from present where run_day is not null
      union
      select to_date(right(c.relname, 8), 'YYYYMMDD') from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'orchestrator.run_events'::regclass and c.relname ~ '^run_events_[0-9]{8}$')
    select run_day, a.status, coalesce(a.export_no, 0) as export_no, coalesce(a.attempts, 0) as attempts,
      coalesce(a.updated_at, now()) as updated_at, a.sha256
    from day left join orchestrator.journal_archives a using (run_day)
    where run_day <= $1::date order by run_day`,
};

/** Through the index of unfinished runs, which is small. */
export const UNFINISHED: Statement = {
  name: 'archive_unfinished',
  text: `
    select run_id, status, waiting_reason, count(*) over ()::int as runs from orchestrator.runs
    where run_day = $1::date and finished_at is null order by run_id limit 1`,
};

export const HOLD_UP: Statement = {
  name: 'archive_hold_up',
  text: `
    insert into orchestrator.journal_archives (run_day, status, reason) values ($1::date, 'waiting', $2::text)
    on conflict (run_day) do update set status = excluded.status, reason = excluded.reason, updated_at = now()
    where journal_archives.status <> 'dropped'`,
};

export const GIVE_UP: Statement = {
  name: 'archive_give_up',
  text: `
    update orchestrator.journal_archives set status = $3::text, reason = $4::text, updated_at = now()
    where run_day = $1::date and export_no = $2::int and status = 'exporting'`,
};

export const BEGIN: Statement = {
  name: 'archive_begin',
  text: `
    insert into orchestrator.journal_archives as a (run_day, status, export_no, attempts) values ($1::date, 'exporting', 1, 1)
    on conflict (run_day) do update
    set status = 'exporting', export_no = a.export_no + 1, attempts = case when $2::boolean then 1 else a.attempts + 1 end,
      updated_at = now()
    where a.status <> 'dropped'
    returning export_no, attempts`,
};

export const ROWS: Statement = {
  name: 'archive_rows',
  text: `
    select e.run_id, e.run_seq, e.tenant_id, e.agent_id, e.type, e.time, e.payload, e.data_key, r.traceparent, r.engine_version
    from (
      select * from orchestrator.run_events
      where run_day = $1::date and (run_id, run_seq) > ($2::uuid, $3::int)
      order by run_id, run_seq limit $4::int) e
    left join orchestrator.runs r on r.run_id = e.run_id
    order by e.run_id, e.run_seq`,
};

export const KEEP_PLACES: Statement = {
  name: 'archive_keep_places',
  text: `
    with mine as (
      select run_day from orchestrator.journal_archives
      where run_day = $1::date and export_no = $2::int and status = 'exporting' for key share),
    kept as (
      insert into orchestrator.archived_runs (run_id, run_day, tenant_id, first_byte, bytes)
      select p.run_id, mine.run_day, p.tenant_id, p.first_byte, p.bytes
      from unnest($3::uuid[], $4::text[], $5::bigint[], $6::bigint[]) as p(run_id, tenant_id, first_byte, bytes), mine
      on conflict (run_id) do update set first_byte = excluded.first_byte, bytes = excluded.bytes)
    select run_day from mine`,
};

export const VERIFIED: Statement = {
  name: 'archive_verified',
  text: `
    update orchestrator.journal_archives
    set status = 'verified', reason = null, attempts = 0, sha256 = $3::text, bytes = $4::bigint, events = $5::bigint,
      runs = $6::bigint, verified_at = now(), updated_at = now()
    where run_day = $1::date and export_no = $2::int and status = 'exporting'
    returning run_day`,
};

export const DROP: Statement = {
  name: 'archive_drop',
  text: `select orchestrator.drop_archived_day($1::date) as reason`,
};

/** Not those that still have events in the journal: they came late, and without its run nobody can see them. */
export const FORGET_RUNS: Statement = {
  name: 'archive_forget_runs',
  text: `
    with old as (
      select r.run_id from orchestrator.runs r
      join orchestrator.journal_archives a on a.run_day = r.run_day and a.status = 'dropped'
      where r.finished_at < $1::timestamptz
        and not exists (
          select from orchestrator.run_events e where e.run_day = r.run_day and e.run_id = r.run_id)
      order by r.finished_at, r.run_id limit $2::int
      for update of r skip locked),
    places as (delete from orchestrator.archived_runs where run_id in (select run_id from old)),
    gone as (delete from orchestrator.runs where run_id in (select run_id from old) returning run_id)
    select count(*)::int as runs from gone`,
};

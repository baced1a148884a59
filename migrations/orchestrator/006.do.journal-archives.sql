-- The journal's old days: exported, verified, dropped. One row a day tells how far it has come, so that every phase may be
-- repeated by any process. Nothing here is of a tenant.
create table orchestrator.journal_archives (
  run_day date primary key,
  status text not null check (status in ('waiting', 'exporting', 'verified', 'dropped', 'failed')),
  -- Grows with each export begun: what an earlier one still writes is refused.
  export_no int not null default 0,
  -- Tries in a row that did not end as verified.
  attempts int not null default 0,
  -- Why it waits or failed.
  reason text,
  sha256 text,
  bytes bigint,
  events bigint,
  runs bigint,
  updated_at timestamptz not null default now(),
  verified_at timestamptz,
  dropped_at timestamptz,
  check (status not in ('verified', 'dropped') or (sha256 is not null and bytes is not null and events is not null and runs is not null))
);
grant select, insert, update on orchestrator.journal_archives to aos_engine;

-- Where a run's events lie in its day's archive.
create table orchestrator.archived_runs (
  run_id uuid primary key,
  run_day date not null,
  tenant_id text not null,
  first_byte bigint not null,
  bytes bigint not null
);
alter table orchestrator.archived_runs enable row level security;
alter table orchestrator.archived_runs force row level security;
create policy tenant on orchestrator.archived_runs for select to aos_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), ''));
create policy engine on orchestrator.archived_runs to aos_engine using (true) with check (true);
grant select on orchestrator.archived_runs to aos_app;
grant select, insert, update, delete on orchestrator.archived_runs to aos_engine;

-- The owner, whom forced row security blinds, sees runs within the function below and nowhere else.
create policy retention on orchestrator.runs for select to current_user
  using (current_setting('orchestrator.retention', true) = 'on');

-- Takes a verified day out of the journal and answers null, or why it stays. Runs as the owner: the engine may not drop tables.
-- The partition is locked against writers before it is counted, so a row that came after the export is never lost. Dropping
-- needs the whole journal for a moment; rather than make its writers queue it gives up and is called again.
create function orchestrator.drop_archived_day(day date) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
declare
  archive orchestrator.journal_archives;
  partition_name text := 'run_events_' || to_char(day, 'YYYYMMDD');
  is_partition boolean := to_regclass('orchestrator.' || partition_name) is not null;
  events_kept bigint;
  runs_kept bigint;
begin
  select * into archive from orchestrator.journal_archives where run_day = day for update;
  if archive.status = 'dropped' then return null; end if;
  if archive.status is distinct from 'verified' then return 'its archive is not verified'; end if;
  perform set_config('orchestrator.retention', 'on', true);
  if exists (select from orchestrator.runs where run_day = day and finished_at is null) then
    return 'a run of the day has not ended';
  end if;
  if exists (
    select from orchestrator.unpublished, json_array_elements(events) as span
    where (to_timestamp(('x' || left(replace(span ->> 0, '-', ''), 12))::bit(48)::bigint / 1000.0) at time zone 'utc')::date = day)
  then
    return 'events of the day are not published yet';
  end if;
  if not is_partition then partition_name := 'run_events_default'; end if;
  execute format('lock table orchestrator.%I in share row exclusive mode', partition_name);
  execute format('select count(*), count(distinct run_id) from orchestrator.%I where run_day = $1', partition_name)
    into events_kept, runs_kept using day;
  if (events_kept, runs_kept) is distinct from (archive.events, archive.runs) then
    return format('the journal has %s events of %s runs, its archive %s of %s', events_kept, runs_kept, archive.events, archive.runs);
  end if;
  if is_partition then
    execute format('drop table orchestrator.%I', partition_name);
  else
    delete from orchestrator.run_events_default where run_day = day;
  end if;
  update orchestrator.journal_archives
    set status = 'dropped', reason = null, dropped_at = now(), updated_at = now() where run_day = day;
  return null;
end $$;
revoke all on function orchestrator.drop_archived_day(date) from public;
grant execute on function orchestrator.drop_archived_day(date) to aos_engine;

-- The engine's tables. Request handlers (aos_app) read runs, journal and signals of their tenant;
-- everything is written by the engine (aos_engine), which takes the tenant from the claimed run or the verified envelope.

-- One row for the database itself: message ids carry the timeline, which a restore raises,
-- so that streams do not take new events for repeats of old ones.
create table orchestrator.timeline (
  only_one boolean primary key default true check (only_one),
  timeline int not null default 1
);
insert into orchestrator.timeline default values;

-- A process that runs runs. Its row is its fence: a flush takes it FOR KEY SHARE and writes nothing when it is gone.
create table orchestrator.workers (
  worker_id uuid primary key,
  host text not null,
  engine_version int not null,
  started_at timestamptz not null default now(),
  lease_until timestamptz not null
) with (fillfactor = 50);

create table orchestrator.runs (
  run_id uuid primary key,
  run_day date not null,
  tenant_id text not null,
  agent_id uuid not null,
  agent_version int not null,
  engine_version int not null,
  status text not null check (status in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')),
  goal text not null,
  priority int not null,
  labels jsonb not null default '{}',
  context jsonb not null default '{}',
  max_steps int not null,
  idempotency_key text,
  request_hash bytea not null,
  traceparent text,
  reserved_microcents bigint not null default 0 check (reserved_microcents >= 0),
  cost_microcents bigint not null default 0 check (cost_microcents >= 0),
  waiting_reason text,
  ready_at timestamptz,
  -- The process that owns the run; the epoch grows with each owner that was lost.
  worker_id uuid,
  epoch int not null default 0,
  enqueue_no int not null default 1,
  -- Claims in a row that found the journal where the claim before had found it.
  idle_claims int not null default 0,
  claimed_seq int not null default 0,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz
) with (fillfactor = 70);
create unique index idx_runs_idempotency_key on orchestrator.runs (idempotency_key, tenant_id);
create index idx_runs_tenant on orchestrator.runs (tenant_id, run_id desc);
create index idx_runs_agent on orchestrator.runs (tenant_id, agent_id, run_id desc);
create index idx_runs_worker on orchestrator.runs (worker_id) where worker_id is not null;
create index idx_runs_timer on orchestrator.runs (ready_at) where status = 'waiting' and ready_at is not null;

-- Ready runs only: a row is deleted when it is claimed, timers stay in runs.ready_at.
create table orchestrator.run_queue (
  run_id uuid primary key,
  tenant_id text not null,
  priority int not null,
  ready_at timestamptz not null default now(),
  engine_version int not null
);
create index idx_run_queue_order on orchestrator.run_queue (tenant_id, priority desc, ready_at, run_id);

-- Fair queueing over tenants (start-time fair queueing, Goyal et al. 1996): vtime is the finish tag of what the tenant
-- was served, started_vtime its last start tag; the largest start tag is the virtual time an idle tenant comes back at.
create table orchestrator.lanes (
  tenant_id text primary key,
  vtime double precision not null default 0,
  started_vtime double precision not null default 0,
  weight double precision not null default 1 check (weight > 0)
) with (fillfactor = 50);
create index idx_lanes_started on orchestrator.lanes (started_vtime);

-- The journal: one row is one public event, run_seq is dense per run. run_day is the UTC date inside run_id.
create table orchestrator.run_events (
  run_day date not null,
  run_id uuid not null,
  run_seq int not null,
  tenant_id text not null,
  agent_id uuid not null,
  type text not null,
  time timestamptz not null,
  payload json not null,
  primary key (run_day, run_id, run_seq)
) partition by range (run_day);
create table orchestrator.run_events_default partition of orchestrator.run_events default;

-- What a flush has committed and its process has yet to publish: events as [run_id, first seq, last seq], tickets as [run_id, enqueue_no].
create table orchestrator.unpublished (
  worker_id uuid not null,
  flush_no bigint not null,
  events json not null,
  tickets json not null,
  primary key (worker_id, flush_no)
);

-- Only the owner of a run appends to its journal; others leave a signal.
create table orchestrator.run_signals (
  signal_id uuid primary key,
  tenant_id text not null,
  run_id uuid not null,
  type text not null check (type in ('cancel')),
  payload json not null,
  created_at timestamptz not null default now()
);
create index idx_run_signals_run on orchestrator.run_signals (run_id);

-- Makes the journal's partitions for today and `days` days ahead. Runs as the owner: the engine may not create tables.
create function orchestrator.ensure_event_partitions(days int) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  day date;
  partition_name text;
begin
  perform pg_advisory_xact_lock(hashtext('orchestrator.ensure_event_partitions'));
  for day in select generate_series((now() at time zone 'utc')::date, (now() at time zone 'utc')::date + least(days, 31), interval '1 day')::date loop
    partition_name := 'run_events_' || to_char(day, 'YYYYMMDD');
    if to_regclass('orchestrator.' || partition_name) is null then
      execute format('create table orchestrator.%I partition of orchestrator.run_events for values from (%L) to (%L)',
        partition_name, day, day + 1);
    end if;
  end loop;
end $$;
revoke all on function orchestrator.ensure_event_partitions(int) from public;
grant execute on function orchestrator.ensure_event_partitions(int) to aos_engine;
select orchestrator.ensure_event_partitions(7);

grant select on orchestrator.runs, orchestrator.run_events, orchestrator.run_signals to aos_app;
grant select on orchestrator.timeline to aos_app, aos_engine;
grant select, insert, update, delete on
  orchestrator.workers, orchestrator.runs, orchestrator.run_queue, orchestrator.lanes, orchestrator.unpublished, orchestrator.run_signals
  to aos_engine;
grant select, insert on orchestrator.run_events to aos_engine;

do $$
declare t text;
begin
  foreach t in array array['runs', 'run_events', 'run_queue', 'lanes', 'run_signals'] loop
    execute format('alter table orchestrator.%I enable row level security', t);
    execute format('alter table orchestrator.%I force row level security', t);
    execute format('create policy engine on orchestrator.%I to aos_engine using (true) with check (true)', t);
    execute format($p$create policy tenant on orchestrator.%I to aos_app
      using (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
      with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''))$p$, t);
  end loop;
end $$;

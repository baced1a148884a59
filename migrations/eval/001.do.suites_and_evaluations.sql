-- Suites of golden tasks, and what came of running them. Requests (aos_app) write suites and start evaluations within
-- their tenant; evaluations are driven by the service's processes (aos_engine) for all tenants.

create table eval.suites (
  tenant_id text not null,
  -- Lists are in the order of bytes, the same wherever they are merged.
  name text collate "C" not null,
  version int not null check (version > 0),
  description text,
  tasks json not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, name)
);

-- The agent that a tenant's golden tasks are handed to.
create table eval.agents (
  tenant_id text primary key,
  agent_id uuid not null
);

create table eval.evaluations (
  evaluation_id uuid primary key,
  tenant_id text not null,
  suite text not null,
  suite_version int not null check (suite_version >= 0),
  status text not null check (status in ('running', 'passed', 'failed')),
  traceparent text not null,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  -- The process that drives it, and until when the others leave it alone.
  worker_id uuid,
  lease_until timestamptz
) with (fillfactor = 70);
create index idx_evaluations_tenant on eval.evaluations (tenant_id, evaluation_id desc);
create index idx_evaluations_running on eval.evaluations (evaluation_id) where status = 'running';

create table eval.evaluation_tasks (
  evaluation_id uuid not null references eval.evaluations,
  position int not null,
  tenant_id text not null,
  task text not null,
  -- The task as it was when the evaluation started.
  golden json not null,
  status text not null default 'pending' check (status in ('pending', 'running', 'passed', 'failed', 'error')),
  -- Kept from before the first submit on, so that a repeated submit is the same request.
  agent_id uuid,
  run_id uuid,
  refusals int not null default 0,
  refused_since timestamptz,
  -- When it is submitted, or its run looked at, next.
  next_at timestamptz not null default now(),
  deadline_at timestamptz,
  assertions json not null default '[]',
  error text,
  cost_microcents bigint not null default 0 check (cost_microcents >= 0),
  latency_ms int not null default 0 check (latency_ms >= 0),
  primary key (evaluation_id, position)
) with (fillfactor = 70);
create unique index idx_evaluation_tasks_run on eval.evaluation_tasks (run_id) where run_id is not null;

-- Events whose state is committed and that are not yet published.
create table eval.outbox (
  event_id text primary key,
  tenant_id text not null,
  subject text not null,
  traceparent text not null,
  payload json not null,
  created_at timestamptz not null default now()
);

grant usage on schema eval to aos_app, aos_engine;
grant select, insert, update on eval.suites to aos_app;
grant select, insert on eval.evaluations, eval.evaluation_tasks to aos_app;
grant select, update on eval.evaluations, eval.evaluation_tasks to aos_engine;
grant select, insert, update on eval.agents to aos_engine;
grant select, insert, delete on eval.outbox to aos_engine;

do $$
declare t text;
begin
  foreach t in array array['suites', 'agents', 'evaluations', 'evaluation_tasks', 'outbox'] loop
    execute format('alter table eval.%I enable row level security', t);
    execute format('alter table eval.%I force row level security', t);
    execute format($p$create policy tenant on eval.%I to aos_app
      using (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
      with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''))$p$, t);
  end loop;
  foreach t in array array['agents', 'evaluations', 'evaluation_tasks', 'outbox'] loop
    execute format('create policy engine on eval.%I to aos_engine using (true) with check (true)', t);
  end loop;
end $$;

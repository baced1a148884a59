create table orchestrator.agents (
  tenant_id text not null,
  agent_id uuid not null,
  version int not null check (version > 0),
  spec jsonb not null,
  name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (tenant_id, agent_id)
);

-- Apart from agents because every submit and settlement updates it; half-empty pages keep those updates heap-only (HOT).
create table orchestrator.agent_budgets (
  tenant_id text not null,
  agent_id uuid not null,
  budget_microcents bigint not null check (budget_microcents >= 0),
  reserved_microcents bigint not null default 0 check (reserved_microcents >= 0),
  spent_microcents bigint not null default 0 check (spent_microcents >= 0),
  open_runs int not null default 0 check (open_runs >= 0),
  max_concurrent_runs int not null check (max_concurrent_runs >= 0),
  primary key (tenant_id, agent_id),
  foreign key (tenant_id, agent_id) references orchestrator.agents (tenant_id, agent_id)
) with (fillfactor = 50);

alter table orchestrator.agents enable row level security;
alter table orchestrator.agents force row level security;
alter table orchestrator.agent_budgets enable row level security;
alter table orchestrator.agent_budgets force row level security;

-- Outside a tenant transaction the setting is absent or empty: null equals nothing, so no row passes.
create policy tenant on orchestrator.agents to aos_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''));

create policy tenant on orchestrator.agent_budgets to aos_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''));

-- The engine works for all tenants and takes tenant_id from the run it claimed.
create policy engine on orchestrator.agents for select to aos_engine using (true);
create policy engine_read on orchestrator.agent_budgets for select to aos_engine using (true);
create policy engine_write on orchestrator.agent_budgets for update to aos_engine using (true) with check (true);

grant usage on schema orchestrator to aos_app, aos_engine;
grant select, insert on orchestrator.agents, orchestrator.agent_budgets to aos_app;
grant update (version, spec, name, updated_at, deleted_at) on orchestrator.agents to aos_app;
-- Not the counters: they belong to the engine.
grant update (budget_microcents, max_concurrent_runs) on orchestrator.agent_budgets to aos_app;
grant select on orchestrator.agents to aos_engine;
grant select, update on orchestrator.agent_budgets to aos_engine;

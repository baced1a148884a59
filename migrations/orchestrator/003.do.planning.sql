-- Agents as they were: a run is planned by the version it was admitted with, whatever the agent has become since.
create table orchestrator.agent_versions (
  tenant_id text not null,
  agent_id uuid not null,
  version int not null check (version > 0),
  spec jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, agent_id, version),
  foreign key (tenant_id, agent_id) references orchestrator.agents (tenant_id, agent_id)
);

-- Of the agents there are. Forced row security hides them from the owner of the table, too, hence lifted meanwhile.
alter table orchestrator.agents no force row level security;
insert into orchestrator.agent_versions (tenant_id, agent_id, version, spec, created_at)
  select tenant_id, agent_id, version, spec, updated_at from orchestrator.agents;
alter table orchestrator.agents force row level security;

alter table orchestrator.agent_versions enable row level security;
alter table orchestrator.agent_versions force row level security;
create policy tenant on orchestrator.agent_versions to aos_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''));
create policy engine on orchestrator.agent_versions for select to aos_engine using (true);
grant select, insert on orchestrator.agent_versions to aos_app;
grant select on orchestrator.agent_versions to aos_engine;

-- How many events a run's journal begins with: one where the goal came without a plan, so that claiming a fresh run reads no journal.
alter table orchestrator.runs add column first_events int not null default 2 check (first_events > 0);

-- Ended runs in the order in which they are exported.
create index idx_runs_finished on orchestrator.runs (finished_at, run_id) where finished_at is not null;

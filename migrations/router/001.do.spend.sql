-- What model calls cost. Ids of runs and agents belong to the orchestrator: no foreign keys across schemas.
create table router.llm_costs (
  id uuid primary key,
  request_id uuid not null unique,
  run_id uuid,
  agent_id uuid,
  tenant_id text not null,
  purpose text not null,
  provider text not null,
  model text not null,
  response_model text not null,
  -- In all; what was read from the provider's cache and written to it is a part of it.
  input_tokens bigint not null check (input_tokens >= 0),
  cache_read_tokens bigint not null check (cache_read_tokens >= 0),
  cache_write_tokens bigint not null check (cache_write_tokens >= 0),
  output_tokens bigint not null check (output_tokens >= 0),
  cost_microcents bigint not null check (cost_microcents >= 0),
  cost_cents numeric not null generated always as (cost_microcents / 1000000.0) stored,
  latency_ms bigint not null check (latency_ms >= 0),
  traceparent text not null default '',
  created_at timestamptz not null default now()
);
create index idx_llm_costs_order on router.llm_costs (created_at, id);
create index idx_llm_costs_tenant on router.llm_costs (tenant_id, created_at);

-- The reply of a call by its idempotency key. Pending: a process makes the call and renews its lease; when that has
-- ended, the process is dead and another may make the call.
create table router.llm_replies (
  tenant_id text not null,
  idempotency_key text not null,
  request_hash bytea not null,
  status text not null check (status in ('pending', 'done')),
  claim_id uuid not null,
  lease_until timestamptz not null,
  reply json,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, idempotency_key),
  check ((status = 'done') = (reply is not null))
);
create index idx_llm_replies_expiry on router.llm_replies (expires_at);

create table router.outbox (
  event_id text primary key,
  tenant_id text not null,
  subject text not null,
  traceparent text not null,
  payload json not null,
  created_at timestamptz not null default now()
);
create index idx_outbox_order on router.outbox (created_at, event_id);

do $$
declare t text;
begin
  foreach t in array array['llm_costs', 'llm_replies', 'outbox'] loop
    execute format('alter table router.%I enable row level security', t);
    execute format('alter table router.%I force row level security', t);
    execute format('create policy engine on router.%I to aos_engine using (true) with check (true)', t);
    execute format($p$create policy tenant on router.%I to aos_app
      using (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
      with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''))$p$, t);
  end loop;
end $$;

grant usage on schema router to aos_app, aos_engine;
-- Spend is never changed and never deleted.
grant select, insert on router.llm_costs to aos_app;
grant select, insert, update, delete on router.llm_replies to aos_app;
grant insert on router.outbox to aos_app;
grant select on router.llm_costs to aos_engine;
grant select, delete on router.llm_replies to aos_engine;
grant select, delete on router.outbox to aos_engine;

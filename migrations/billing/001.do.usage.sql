-- What was counted already: the memory that makes metering exactly once. The key is the event's business identity
-- (`llm/<request_id>`, `run/<run_id>/<run_seq>`), not its CloudEvents id, which changes with a restore of its owner's database.
-- A row must outlive every way its event can come again: the stream (72 h), the dead letters (30 days) and a
-- reconciliation from the owner's records, which after a loss of the watermark starts from the beginning. So rows are kept.
create table billing.usage_events (
  tenant_id text not null,
  event_key text not null collate "C",
  time timestamptz not null,
  counted_at timestamptz not null default now(),
  primary key (tenant_id, event_key)
);

-- Sums by UTC day. agent_id and model are '' where there is none. Collated by bytes, so that pages have one order everywhere.
create table billing.usage (
  tenant_id text not null,
  day date not null,
  meter text not null collate "C",
  agent_id text not null collate "C" default '',
  model text not null collate "C" default '',
  quantity bigint not null check (quantity >= 0),
  cost_microcents bigint not null check (cost_microcents >= 0),
  primary key (tenant_id, day, meter, agent_id, model)
) with (fillfactor = 70);

-- Up to which time the records of an owner (router's spend rows, orchestrator's journals) were compared with what was
-- counted. Of the service itself, over all tenants: no tenant, and nothing that request handlers may see.
create table billing.watermarks (
  source text primary key,
  compared_until timestamptz not null
);

grant usage on schema billing to aos_app, aos_engine;
grant select on billing.usage to aos_app;
grant select, insert on billing.usage_events to aos_engine;
grant select, insert, update on billing.usage, billing.watermarks to aos_engine;

do $$
declare t text;
begin
  foreach t in array array['usage_events', 'usage'] loop
    execute format('alter table billing.%I enable row level security', t);
    execute format('alter table billing.%I force row level security', t);
    execute format('create policy engine on billing.%I to aos_engine using (true) with check (true)', t);
    execute format($p$create policy tenant on billing.%I to aos_app
      using (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
      with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''))$p$, t);
  end loop;
end $$;

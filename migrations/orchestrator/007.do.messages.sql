-- Messages between agents, and runs that wait for something outside.

-- A mailbox per agent. What is sent to one is written under a lock of the mailbox, so message_no is the order of sending.
create table orchestrator.messages (
  message_id uuid primary key,
  message_no bigint generated always as identity,
  tenant_id text not null,
  -- To whom.
  agent_id uuid not null,
  from_run_id uuid,
  from_agent_id uuid,
  from_caller text,
  type text not null,
  body json not null,
  correlation_id text,
  reply_to uuid,
  idempotency_key text,
  request_hash bytea not null,
  created_at timestamptz not null,
  -- The run that took it and under which key; received when its journal says so, which is for good.
  taken_by uuid,
  taken_key text,
  taken_at timestamptz,
  received_at timestamptz,
  foreign key (tenant_id, agent_id) references orchestrator.agents (tenant_id, agent_id)
);
create unique index idx_messages_idempotency_key on orchestrator.messages (tenant_id, idempotency_key)
  where idempotency_key is not null;
create index idx_messages_agent on orchestrator.messages (tenant_id, agent_id, message_no desc);
create index idx_messages_waiting on orchestrator.messages (tenant_id, agent_id, message_no) where taken_by is null;
create unique index idx_messages_taken on orchestrator.messages (taken_key) where taken_key is not null;
create index idx_messages_unreceived on orchestrator.messages (taken_by)
  where taken_by is not null and received_at is null;

-- Steps that wait for a message: they are told of each that suits them, and one takes it.
create table orchestrator.message_waits (
  wait_key text primary key,
  tenant_id text not null,
  agent_id uuid not null,
  run_id uuid not null,
  step_id text not null,
  -- Null: any.
  type text,
  correlation_id text,
  expires_at timestamptz not null
);
create index idx_message_waits_agent on orchestrator.message_waits (tenant_id, agent_id);
create index idx_message_waits_run on orchestrator.message_waits (run_id);

-- Events that are no run's: message.sent.
create table orchestrator.outbox (
  event_id text primary key,
  tenant_id text not null,
  subject text not null,
  traceparent text not null,
  payload json not null,
  created_at timestamptz not null default now()
);

grant select on orchestrator.messages to aos_app;
grant select, insert, update on orchestrator.messages to aos_engine;
grant select, insert, update, delete on orchestrator.message_waits to aos_engine;
grant select, insert, delete on orchestrator.outbox to aos_engine;

do $$
declare t text;
begin
  foreach t in array array['messages', 'message_waits', 'outbox'] loop
    execute format('alter table orchestrator.%I enable row level security', t);
    execute format('alter table orchestrator.%I force row level security', t);
    execute format('create policy engine on orchestrator.%I to aos_engine using (true) with check (true)', t);
    execute format($p$create policy tenant on orchestrator.%I to aos_app
      using (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
      with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''))$p$, t);
  end loop;
end $$;

-- A step that waits is woken.
alter table orchestrator.run_signals drop constraint run_signals_type_check;
alter table orchestrator.run_signals add constraint run_signals_type_check
  check (type in ('cancel', 'pause', 'resume', 'wake'));

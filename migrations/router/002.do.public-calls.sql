-- Calls of the public endpoints are paid like those of services: who asked, how the answer ended, what was thought.
alter table router.llm_costs
  add column key_id text,
  add column reasoning_tokens bigint not null default 0 check (reasoning_tokens >= 0),
  add column status text not null default 'complete' check (status in ('complete', 'cut', 'cancelled')),
  add column is_estimated boolean not null default false;

-- Spends of all tenants are written together, with their events and the replies that are kept.
grant insert on router.llm_costs to aos_engine;
grant insert on router.outbox to aos_engine;
grant update (status, reply, expires_at) on router.llm_replies to aos_engine;

import type { Statement } from './connection.ts';

/** The fence, and whether runs may be claimed on the way in, since none waits: no row, no write. Held until the end of the transaction, so that burying this process waits. */
export const FENCE: Statement = {
  name: 'submit_fence',
  text: `
    select not draining and not exists (select 1 from orchestrator.run_queue) as may_claim
    from orchestrator.workers where worker_id = $1 for key share`,
};

/** Locks the budgets of the batch in one order, so that two processes cannot deadlock. */
export const LOCK_AGENTS: Statement = {
  name: 'submit_lock_agents',
  text: `
    select b.tenant_id, b.agent_id, a.version, a.spec, b.budget_microcents, b.reserved_microcents, b.spent_microcents,
      b.open_runs, b.max_concurrent_runs,
      exists (select 1 from orchestrator.lanes l where l.tenant_id = b.tenant_id and l.suspended_at is not null) as is_suspended
    from orchestrator.agent_budgets b join orchestrator.agents a using (tenant_id, agent_id)
    where (b.tenant_id, b.agent_id) in (select * from unnest($1::text[], $2::uuid[])) and a.deleted_at is null
    order by b.tenant_id, b.agent_id
    for no key update of b`,
};

/** Runs that have one of these keys or ids already. */
export const KNOWN_RUNS: Statement = {
  name: 'submit_known_runs',
  text: `
    select run_id, tenant_id, agent_id, idempotency_key, request_hash, status, goal, created_at from orchestrator.runs
    where (idempotency_key, tenant_id) in (select * from unnest($1::text[], $2::text[]))
    union
    select run_id, tenant_id, agent_id, idempotency_key, request_hash, status, goal, created_at from orchestrator.runs
    where run_id = any ($3::uuid[])`,
};

export const ADD_LANES: Statement = {
  name: 'submit_add_lanes',
  text: `
    insert into orchestrator.lanes (tenant_id) select distinct t from unnest($1::text[]) t order by t
    on conflict do nothing`,
};

/**
 * Inserts what was admitted, and reserves exactly what was inserted: the unique key decides races between processes, and
 * inserting in key order keeps them from deadlocking. $1–$17 the runs, $18–$23 their events, $24 and $25 this flush,
 * $26 the runs to claim on the way in, $27 when to start, $28 deadlines, $29 and $30 the steps that submitted them. A run that waits for its time is neither queued nor
 * open, and has no ticket.
 */
export const INSERT_RUNS: Statement = {
  name: 'submit_insert_runs',
  text: `
    with ins as (
      insert into orchestrator.runs (run_id, run_day, tenant_id, agent_id, agent_version, engine_version, status, goal,
        priority, labels, context, max_steps, idempotency_key, request_hash, traceparent, reserved_microcents, created_at,
        first_events, worker_id, started_at, idle_claims, claimed_seq, waiting_reason, ready_at, deadline, parent_run_id,
        parent_step_id)
      select s.run_id, s.run_day, s.tenant_id, s.agent_id, s.agent_version, s.engine_version,
        case when s.start_at is not null then 'waiting' when s.is_claimed then 'running' else 'queued' end, s.goal,
        s.priority, s.labels::jsonb, s.context::jsonb, s.max_steps, s.idempotency_key, decode(s.request_hash, 'hex'),
        s.traceparent, s.reserved, s.created_at, s.first_events, case when s.is_claimed then $24::uuid end,
        case when s.is_claimed then now() end, s.is_claimed::int, case when s.is_claimed then s.first_events else 0 end,
        case when s.start_at is not null then 'start_at' end, s.start_at, s.deadline, s.parent_run_id, s.parent_step_id
      from unnest($1::uuid[], $2::date[], $3::text[], $4::uuid[], $5::int[], $6::int[], $7::text[], $8::int[], $9::text[],
        $10::text[], $11::int[], $12::text[], $13::text[], $14::text[], $15::bigint[], $16::timestamptz[], $17::int[],
        $26::boolean[], $27::timestamptz[], $28::timestamptz[], $29::uuid[], $30::text[])
        as s(run_id, run_day, tenant_id, agent_id, agent_version, engine_version, goal, priority, labels, context,
          max_steps, idempotency_key, request_hash, traceparent, reserved, created_at, first_events, is_claimed, start_at, deadline,
          parent_run_id, parent_step_id)
      order by s.tenant_id, s.idempotency_key, s.run_id
      on conflict do nothing
      returning run_id, tenant_id, agent_id, priority, engine_version, reserved_microcents, first_events,
        worker_id is not null as is_claimed, ready_at is not null as is_scheduled),
    queued as (
      insert into orchestrator.run_queue (run_id, tenant_id, priority, engine_version)
      select run_id, tenant_id, priority, engine_version from ins where not is_claimed and not is_scheduled),
    told as (
      insert into orchestrator.run_events (run_day, run_id, run_seq, tenant_id, agent_id, type, time, payload)
      select e.run_day, e.run_id, e.run_seq, ins.tenant_id, ins.agent_id, e.type, e.time, e.payload::json
      from unnest($18::date[], $19::uuid[], $20::int[], $21::text[], $22::timestamptz[], $23::text[])
        as e(run_day, run_id, run_seq, type, time, payload) join ins using (run_id)),
    reserved as (
      update orchestrator.agent_budgets b
      set reserved_microcents = b.reserved_microcents + x.reserved, open_runs = b.open_runs + x.runs
      from (select tenant_id, agent_id, sum(reserved_microcents)::bigint as reserved,
              count(*) filter (where not is_scheduled)::int as runs
            from ins group by 1, 2) x
      where (b.tenant_id, b.agent_id) = (x.tenant_id, x.agent_id)),
    kept as (
      insert into orchestrator.unpublished (worker_id, flush_no, events, tickets)
      select $24::uuid, $25::bigint, json_agg(json_build_array(run_id, 1, first_events)),
        coalesce(json_agg(json_build_array(run_id, 1)) filter (where not is_scheduled), '[]')
      from ins having count(*) > 0)
    select run_id, is_claimed from ins`,
};

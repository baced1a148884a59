import type { Pool } from '@aos/database';
import type { ClaimedRun } from '../../application/engine/ports.ts';
import { run, type Statement } from './connection.ts';

/**
 * Makes the process $1, of engine version $3, the owner of the runs in `gone`. Their ids go through an array, here and
 * below: for a join the planner, which cannot know how few they are, reads the whole queue.
 */
const TAKE = `
    update orchestrator.runs r
    set status = 'running', worker_id = $1::uuid, waiting_reason = null, ready_at = null,
      engine_version = greatest(r.engine_version, $3::int), started_at = coalesce(r.started_at, now()),
      (idle_claims, claimed_seq) = (
        select case when s.seq = r.claimed_seq then r.idle_claims + 1 else 1 end, s.seq
        from (select case when r.claimed_seq = 0 then r.first_events else (
          select e.run_seq from orchestrator.run_events e where e.run_day = r.run_day and e.run_id = r.run_id
          order by e.run_seq desc limit 1) end as seq) s)
    where r.run_id = any (array(select run_id from gone))
    returning r.run_id, r.tenant_id, r.agent_id, r.traceparent, r.claimed_seq, r.enqueue_no, r.idle_claims,
      exists (select 1 from orchestrator.run_signals s where s.run_id = r.run_id) as has_signals`;

/**
 * Takes ready runs of the waiting tenant whose turn it is (start-time fair queueing over lanes), by priority and age.
 * The lane row is waited for, locked runs are skipped; an idle tenant comes back at the virtual time, not before it.
 * One call serves one tenant, at most its share of the free slots. Waiting tenants are found by a loose index scan;
 * suspended ones do not count. A draining process gets nothing.
 * A run that a newer engine has worked on is left to engines as new: its journal may say what an older one cannot fold.
 */
const CLAIM: Statement = {
  name: 'claim',
  text: `
    with recursive me as materialized (
      select worker_id from orchestrator.workers where worker_id = $1::uuid and not draining for key share),
    queued as (
      (select tenant_id from orchestrator.run_queue order by tenant_id limit 1)
      union all
      select (select q.tenant_id from orchestrator.run_queue q where q.tenant_id > w.tenant_id order by q.tenant_id limit 1)
      from queued w where w.tenant_id is not null),
    waiting as materialized (
      select l.tenant_id from queued join orchestrator.lanes l using (tenant_id) where l.suspended_at is null),
    clock as materialized (select coalesce(max(started_vtime), 0) as vtime from orchestrator.lanes),
    lane as materialized (
      select l.tenant_id, l.vtime, l.weight from orchestrator.lanes l, me
      where l.tenant_id in (select tenant_id from waiting) and l.suspended_at is null
      order by greatest(l.vtime, (select vtime from clock)), l.tenant_id limit 1
      for update of l),
    picked as materialized (
      select run_id from orchestrator.run_queue
      where tenant_id = (select tenant_id from lane) and engine_version <= $3::int
      order by tenant_id, priority desc, ready_at, run_id
      limit (select greatest(1, $2::int / greatest(1, count(tenant_id)))::int from waiting)
      for update skip locked),
    gone as (
      delete from orchestrator.run_queue where run_id = any (array(select run_id from picked)) returning run_id),
    charged as (
      update orchestrator.lanes l
      set started_vtime = greatest(lane.vtime, (select vtime from clock)),
        vtime = greatest(lane.vtime, (select vtime from clock)) + (select count(*) from gone) / lane.weight
      from lane where l.tenant_id = lane.tenant_id and exists (select 1 from gone))
    ${TAKE}`,
};

/** Locks as CLAIM does, the queue's row before the run's. */
const CLAIM_OVERDUE: Statement = {
  name: 'claim_overdue',
  text: `
    with me as materialized (
      select worker_id from orchestrator.workers where worker_id = $1::uuid and not draining for key share),
    overdue as materialized (
      select q.run_id from orchestrator.runs r join orchestrator.run_queue q using (run_id), me
      where r.deadline <= now() and r.finished_at is null and q.engine_version <= $3::int
        and not exists (select 1 from orchestrator.lanes l where l.tenant_id = q.tenant_id and l.suspended_at is not null)
      order by r.deadline limit $2::int
      for update of q skip locked),
    gone as (
      delete from orchestrator.run_queue where run_id = any (array(select run_id from overdue)) returning run_id)
    ${TAKE}`,
};

const OWNED: Statement = {
  name: 'owned',
  text: `
    select run_id, tenant_id, agent_id, traceparent, claimed_seq, enqueue_no, idle_claims, true as has_signals
    from orchestrator.runs where worker_id = $1::uuid`,
};

interface ClaimedRow {
  run_id: string;
  tenant_id: string;
  agent_id: string;
  traceparent: string | null;
  claimed_seq: number;
  enqueue_no: number;
  idle_claims: number;
  has_signals: boolean;
}

export async function claimRuns(
  pool: Pool,
  workerId: string,
  slots: number,
  engineVersion: number,
): Promise<ClaimedRun[]> {
  const rows = await run<ClaimedRow>(pool, CLAIM, [workerId, slots, engineVersion]);
  return rows.map(toClaimed);
}

export async function claimOverdueRuns(
  pool: Pool,
  workerId: string,
  limit: number,
  engineVersion: number,
): Promise<ClaimedRun[]> {
  const rows = await run<ClaimedRow>(pool, CLAIM_OVERDUE, [workerId, limit, engineVersion]);
  return rows.map(toClaimed);
}

export async function ownedRuns(pool: Pool, workerId: string): Promise<ClaimedRun[]> {
  const rows = await run<ClaimedRow>(pool, OWNED, [workerId]);
  return rows.map(toClaimed);
}

function toClaimed(row: ClaimedRow): ClaimedRun {
  return {
    runId: row.run_id,
    tenantId: row.tenant_id,
    agentId: row.agent_id,
    traceparent: row.traceparent ?? '',
    seq: row.claimed_seq,
    enqueueNo: row.enqueue_no,
    idleClaims: row.idle_claims,
    hasSignals: row.has_signals,
  };
}

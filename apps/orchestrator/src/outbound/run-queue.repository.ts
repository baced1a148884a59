import type { RunStatus } from '@aos/contracts';
import type { Pool } from '@aos/database';
import type { RunQueue } from '../application/ops/requeue-run.ts';
import { requeueVerdict } from '../domain/ops/requeue.ts';
import { run, transaction, type Statement } from './engine-store/connection.ts';

const LOCK_RUN: Statement = {
  name: 'requeue_lock_run',
  text: `
    select status, waiting_reason, worker_id, coalesce(ready_at > now(), false) as is_timed
    from orchestrator.runs where run_id = $1::uuid and tenant_id = $2 for no key update`,
};

/** A statement of its own, so that it sees what was committed while the lock was waited for. */
const IS_QUEUED: Statement = {
  name: 'requeue_is_queued',
  text: 'select 1 from orchestrator.run_queue where run_id = $1::uuid',
};

/** Only leaving `waiting` counts the run as open again. */
const REQUEUE: Statement = {
  name: 'requeue',
  text: `
    with ready as (
      update orchestrator.runs
      set status = case status when 'waiting' then 'queued' else status end, ready_at = null, idle_claims = 0,
        enqueue_no = enqueue_no + 1
      where run_id = $1::uuid
      returning run_id, tenant_id, agent_id, priority, engine_version, enqueue_no, status),
    queued as (
      insert into orchestrator.run_queue (run_id, tenant_id, priority, engine_version)
      select run_id, tenant_id, priority, engine_version from ready on conflict do nothing),
    opened as (
      update orchestrator.agent_budgets b set open_runs = b.open_runs + 1 from ready
      where $2::boolean and (b.tenant_id, b.agent_id) = (ready.tenant_id, ready.agent_id))
    select enqueue_no, status from ready`,
};

interface LockedRow {
  status: RunStatus;
  waiting_reason: string | null;
  worker_id: string | null;
  is_timed: boolean;
}

/** The queue as operators mend it. `pool` logs in as aos_engine. */
export function runQueueRepository(pool: Pool): RunQueue {
  return {
    requeue: (tenantId, runId) =>
      transaction(pool, async (client) => {
        const [found] = await run<LockedRow>(client, LOCK_RUN, [runId, tenantId]);
        if (found === undefined) return { kind: 'not_found' };
        const isQueued = (await run(client, IS_QUEUED, [runId])).length > 0;
        const { status, waiting_reason: waitingReason, worker_id: workerId, is_timed: isTimed } = found;
        const verdict = requeueVerdict({ status, waitingReason, workerId, isTimed, isQueued });
        if (verdict.kind === 'refuse') return { kind: 'refused', message: verdict.message };
        if (verdict.kind === 'queued') return { kind: 'queued', status };
        const values = [runId, status === 'waiting'];
        const [ready] = await run<{ enqueue_no: number; status: RunStatus }>(client, REQUEUE, values);
        const ticket = { runId, enqueueNo: ready?.enqueue_no ?? null };
        return { kind: 'requeued', status: ready?.status ?? status, ticket };
      }),
  };
}

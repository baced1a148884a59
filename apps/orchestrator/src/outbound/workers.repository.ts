import type { Worker } from '@aos/contracts';
import type { Pool } from '@aos/database';
import type { WorkerFleet } from '../application/ops/worker-fleet.ts';
import { run, type Statement } from './engine-store/connection.ts';
import { LEASE_MS } from './lease.ts';

const FIELDS = `
  w.worker_id, w.host, w.engine_version, w.started_at, w.lease_until, w.draining, w.slots, w.lease_until > now() as live,
  ($1::float8 - extract(epoch from w.lease_until - now()) * 1000)::int as lease_age_ms,
  (select count(*) from orchestrator.runs r where r.worker_id = w.worker_id)::int as runs_owned`;

const LIST: Statement = {
  name: 'workers',
  text: `select ${FIELDS} from orchestrator.workers w order by w.started_at, w.worker_id`,
};

const SET_DRAINING: Statement = {
  name: 'worker_set_draining',
  text: `update orchestrator.workers w set draining = $3::boolean where w.worker_id = $2::uuid returning ${FIELDS}`,
};

const ORDERS: Statement = {
  name: 'worker_orders',
  text: `
    select w.draining,
      array(
        select distinct r.tenant_id from orchestrator.runs r join orchestrator.lanes l using (tenant_id)
        where r.worker_id = w.worker_id and l.suspended_at is not null) as suspended
    from orchestrator.workers w where w.worker_id = $1::uuid`,
};

interface WorkerRow extends Omit<Worker, 'started_at' | 'lease_until'> {
  started_at: Date;
  lease_until: Date;
}

/** Workers as operators see them. `pool` logs in as aos_engine. */
export function workersRepository(pool: Pool): WorkerFleet {
  return {
    list: async () => (await run<WorkerRow>(pool, LIST, [LEASE_MS])).map(toWorker),
    setDraining: async (workerId, isDraining) => {
      const [row] = await run<WorkerRow>(pool, SET_DRAINING, [LEASE_MS, workerId, isDraining]);
      return row === undefined ? undefined : toWorker(row);
    },
    orders: async (workerId) => {
      const [row] = await run<{ draining: boolean; suspended: string[] }>(pool, ORDERS, [workerId]);
      return { isDraining: row?.draining ?? false, suspendedTenants: row?.suspended ?? [] };
    },
  };
}

function toWorker(row: WorkerRow): Worker {
  const { started_at: startedAt, lease_until: leaseUntil, lease_age_ms: leaseAgeMs } = row;
  return {
    ...row,
    started_at: startedAt.toISOString(),
    lease_until: leaseUntil.toISOString(),
    lease_age_ms: Math.max(0, leaseAgeMs),
  };
}

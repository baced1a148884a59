import type { RunStatus } from '@aos/contracts';
import type { Pool } from '@aos/database';
import type { SilentRun, SilentRuns } from '../application/ops/list-stuck.ts';
import { run, type Statement } from './engine-store/connection.ts';

/** Places in the lanes are counted once per tenant of the page, in the order in which runs are claimed. */
const LIST: Statement = {
  name: 'silent_runs',
  text: `
    with silent as materialized (
      select r.*, coalesce(last.time, r.created_at) as since
      from orchestrator.runs r
      left join lateral (
        select e.time from orchestrator.run_events e
        where e.run_day = r.run_day and e.run_id = r.run_id order by e.run_seq desc limit 1) last on true
      where r.finished_at is null and r.run_id > $2::uuid and ($1::text is null or r.tenant_id = $1)
        and r.created_at <= now() - make_interval(secs => $3::float8 / 1000)
        and coalesce(last.time, r.created_at) <= now() - make_interval(secs => $3::float8 / 1000)
        and not (r.status = 'waiting' and r.ready_at is not null and r.ready_at > now() - interval '5 seconds')
      order by r.run_id limit $4::int),
    placed as (
      select run_id, row_number() over (partition by tenant_id order by priority desc, ready_at, run_id) as place
      from orchestrator.run_queue where tenant_id in (select tenant_id from silent where worker_id is null))
    select s.run_id, s.tenant_id, s.agent_id, s.status, s.waiting_reason, s.ready_at, s.worker_id, s.engine_version,
      s.idle_claims, s.since, w.lease_until, p.place::int as place, l.suspended_at is not null as is_suspended
    from silent s
    left join placed p using (run_id)
    left join orchestrator.workers w on w.worker_id = s.worker_id
    left join orchestrator.lanes l on l.tenant_id = s.tenant_id
    order by s.run_id`,
};

const FLEET: Statement = {
  name: 'fleet',
  text: `
    select count(*)::int as workers, coalesce(max(engine_version), 0) as engine_version,
      coalesce(sum(greatest(slots - (select count(*) from orchestrator.runs r where r.worker_id = w.worker_id), 0)), 0)::int
        as free_slots,
      extract(epoch from now())::float8 * 1000 as now_ms
    from orchestrator.workers w where lease_until > now() and not draining`,
};

/** Before every run id. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

interface SilentRow {
  run_id: string;
  tenant_id: string;
  agent_id: string;
  status: RunStatus;
  waiting_reason: string | null;
  ready_at: Date | null;
  worker_id: string | null;
  engine_version: number;
  idle_claims: number;
  since: Date;
  lease_until: Date | null;
  place: number | null;
  is_suspended: boolean;
}

interface FleetRow {
  workers: number;
  engine_version: number;
  free_slots: number;
  now_ms: number;
}

/** Runs that tell nothing, and who could run them. `pool` logs in as aos_engine: a platform looks at all tenants. */
export function silentRunsRepository(pool: Pool): SilentRuns {
  return {
    list: async ({ tenantId, silentMs, after = FIRST_ID, limit }) =>
      (await run<SilentRow>(pool, LIST, [tenantId ?? null, after, silentMs, limit])).map(toSilent),
    fleet: async () => {
      const [row] = await run<FleetRow>(pool, FLEET, []);
      return {
        workers: row?.workers ?? 0,
        engineVersionMax: row?.engine_version ?? 0,
        freeSlots: row?.free_slots ?? 0,
        nowMs: row?.now_ms ?? Date.now(),
      };
    },
  };
}

function toSilent(row: SilentRow): SilentRun {
  return {
    runId: row.run_id,
    tenantId: row.tenant_id,
    agentId: row.agent_id,
    status: row.status,
    waitingReason: row.waiting_reason,
    readyAtMs: row.ready_at?.getTime() ?? null,
    workerId: row.worker_id,
    leaseUntilMs: row.lease_until?.getTime() ?? null,
    lanePosition: row.place,
    engineVersion: row.engine_version,
    idleClaims: row.idle_claims,
    isTenantSuspended: row.is_suspended,
    since: row.since.toISOString(),
  };
}

import type { TenantStanding } from '@aos/contracts';
import type { Pool } from '@aos/database';
import type { TenantStandings } from '../application/ops/suspend-tenant.ts';
import { run, type Statement } from './engine-store/connection.ts';

/** A tenant that has never submitted has no lane yet. */
const SUSPEND: Statement = {
  name: 'tenant_suspend',
  text: `
    insert into orchestrator.lanes as l (tenant_id, suspended_at, suspended_reason) values ($1, now(), $2)
    on conflict (tenant_id) do update
    set suspended_at = coalesce(l.suspended_at, now()), suspended_reason = coalesce($2, l.suspended_reason)
    returning suspended_at, suspended_reason`,
};

const RESUME: Statement = {
  name: 'tenant_resume',
  text: `
    update orchestrator.lanes set suspended_at = null, suspended_reason = null
    where tenant_id = $1 and suspended_at is not null`,
};

interface StandingRow {
  suspended_at: Date;
  suspended_reason: string | null;
}

/** Suspensions, kept in the lanes. `pool` logs in as aos_engine. */
export function tenantStandingsRepository(pool: Pool): TenantStandings {
  return {
    suspend: async (tenantId, reason): Promise<TenantStanding> => {
      const [row] = await run<StandingRow>(pool, SUSPEND, [tenantId, reason ?? null]);
      const suspendedAt = row?.suspended_at.toISOString() ?? null;
      return { tenant_id: tenantId, suspended_at: suspendedAt, reason: row?.suspended_reason ?? null };
    },
    resume: async (tenantId) => {
      await run(pool, RESUME, [tenantId]);
      return { tenant_id: tenantId, suspended_at: null, reason: null };
    },
  };
}

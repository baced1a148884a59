import {
  succeed,
  type InputOf,
  type RequestContext,
  type StructuredOutcome,
  type TenantStanding,
  type opsTenantsResume,
  type opsTenantsSuspend,
} from '@aos/contracts';
import type { Audit } from './audit.ts';
import { platformOnly } from './platform-only.ts';

/** Which tenants may work. */
export interface TenantStandings {
  /** A tenant that is suspended stays so since then; a new reason replaces the old. */
  suspend(tenantId: string, reason: string | undefined): Promise<TenantStanding>;
  resume(tenantId: string): Promise<TenantStanding>;
}

interface SuspendParts {
  standings: TenantStandings;
  audit: Audit;
}

/** Refuses the tenant's goals from now on; its runs leave their slots at the next step and wait in the queue. */
export function suspendTenant({ standings, audit }: SuspendParts) {
  return async (
    context: RequestContext,
    { tenant, reason }: InputOf<typeof opsTenantsSuspend>,
  ): Promise<StructuredOutcome<TenantStanding>> => {
    const refusal = platformOnly(context);
    if (refusal !== undefined) return refusal;
    const standing = await standings.suspend(tenant, reason);
    audit(context, { action: 'tenant.suspend', target: tenant, detail: reason });
    return succeed(standing);
  };
}

/** Takes the tenant's goals again and goes on with its runs. */
export function resumeTenant({ standings, audit }: SuspendParts) {
  return async (
    context: RequestContext,
    { tenant }: InputOf<typeof opsTenantsResume>,
  ): Promise<StructuredOutcome<TenantStanding>> => {
    const refusal = platformOnly(context);
    if (refusal !== undefined) return refusal;
    const standing = await standings.resume(tenant);
    audit(context, { action: 'tenant.resume', target: tenant });
    return succeed(standing);
  };
}

import {
  errorOf,
  fail,
  invalidRequest,
  succeed,
  tenantId as tenantIdSchema,
  type StructuredOutcome,
} from '@aos/contracts';
import type { Caller } from './caller.ts';

/** The tenant a request asks for; `undefined`: it names none, which is refused where tenancy is enforced. */
export function askedTenant(
  text: string | undefined,
  isRequired: boolean,
): StructuredOutcome<string | undefined> {
  if (text === undefined) {
    if (!isRequired) return succeed(undefined);
    return fail(errorOf('tenant_required', 'Name the tenant in the X-Tenant-Id header.'));
  }
  const parsed = tenantIdSchema.safeParse(text);
  if (parsed.success) return succeed(parsed.data);
  return fail(invalidRequest([{ field: 'X-Tenant-Id', message: 'must match [a-z0-9-]{1,63}' }]));
}

/** The tenant a caller acts for: the one asked for if it may use that, else its own. */
export function grantedTenant(caller: Caller, asked: string | undefined): StructuredOutcome<string> {
  if (asked === undefined || asked === caller.homeTenantId || caller.isForAllTenants) {
    return succeed(asked ?? caller.homeTenantId);
  }
  return fail(errorOf('tenant_forbidden', 'This credential may not use the tenant in X-Tenant-Id.'));
}

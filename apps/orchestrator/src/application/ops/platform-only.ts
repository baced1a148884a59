import { errorOf, fail, type RequestContext, type StructuredOutcome } from '@aos/contracts';

/** Refuses what concerns all tenants to credentials of one tenant, whatever their level; undefined: go on. */
export function platformOnly({ actor }: RequestContext): StructuredOutcome<never> | undefined {
  if (actor.isForAllTenants === true) return undefined;
  return fail(
    errorOf('authorization_denied', 'This concerns all tenants; it needs a credential of the platform.'),
  );
}

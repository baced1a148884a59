import type { StructuredOutcome } from '@aos/contracts';
import type { IncomingHttpHeaders } from 'node:http';
import { askedTenant } from '../../domain/tenancy.ts';
import { headerOf } from './header.ts';

/** The tenant named in X-Tenant-Id; without one, refused where tenancy is enforced. */
export function tenancyStage(
  headers: IncomingHttpHeaders,
  isRequired: boolean,
): StructuredOutcome<string | undefined> {
  return askedTenant(headerOf(headers, 'x-tenant-id'), isRequired);
}

import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { tenantId } from '../../values.ts';

/** Who a credential is and which tenant the request acts for. A leaf: answering it calls nobody. */
export const authVerify = defineCommand({
  subject: 'gateway.auth.verify.v1',
  owner: 'api-gateway',
  callers: ['realtime', 'router'],
  summary: 'Verify a credential and the tenant it asks for',
  input: z.strictObject({
    credential: z.string().min(1).max(4096),
    tenant_id: z.string().max(63).optional(),
  }),
  output: z.object({
    tenant_id: tenantId,
    key_id: z.string(),
    actor: z.string(),
    /** 1 viewer, 2 operator, 3 team_member, 4 manager, 5 owner */
    level: z.int().min(1).max(5),
    /** Present where the credential may act for every tenant. */
    is_for_all_tenants: z.boolean().optional(),
  }),
  errors: ['unauthenticated', 'tenant_required', 'tenant_forbidden', 'invalid_request', 'unavailable'],
  timeoutMs: 5_000,
  idempotent: true,
});

import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { tenantStanding } from '../../ops.ts';
import { tenantId } from '../../values.ts';

/** Refuse a tenant's goals and leave its queued runs where they are. */
export const opsTenantsSuspend = defineCommand({
  subject: 'orchestrator.ops.tenants.suspend.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Refuse a tenant’s goals and leave its runs in the queue',
  input: z.strictObject({ tenant: tenantId, reason: z.string().trim().min(1).max(500).optional() }),
  output: tenantStanding,
  errors: ['authorization_denied'],
  timeoutMs: 10_000,
  idempotent: true,
});

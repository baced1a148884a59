import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { tenantStanding } from '../../ops.ts';
import { tenantId } from '../../values.ts';

/** Let a suspended tenant work again. */
export const opsTenantsResume = defineCommand({
  subject: 'orchestrator.ops.tenants.resume.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Let a suspended tenant work again',
  input: z.strictObject({ tenant: tenantId }),
  output: tenantStanding,
  errors: ['authorization_denied'],
  timeoutMs: 10_000,
  idempotent: true,
});

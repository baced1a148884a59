import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { worker } from '../../ops.ts';
import { id } from '../../values.ts';

/** Have a drained process take runs again. */
export const opsWorkersResume = defineCommand({
  subject: 'orchestrator.ops.workers.resume.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Have a drained worker take runs again',
  input: z.strictObject({ worker_id: id }),
  output: worker,
  errors: ['not_found', 'authorization_denied'],
  timeoutMs: 10_000,
  idempotent: true,
});

import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { worker } from '../../ops.ts';
import { id } from '../../values.ts';

/** Have a process hand its runs back and take no new ones. */
export const opsWorkersDrain = defineCommand({
  subject: 'orchestrator.ops.workers.drain.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Have a worker hand its runs back and take no new ones',
  input: z.strictObject({ worker_id: id }),
  output: worker,
  errors: ['not_found', 'authorization_denied'],
  timeoutMs: 10_000,
  idempotent: true,
});

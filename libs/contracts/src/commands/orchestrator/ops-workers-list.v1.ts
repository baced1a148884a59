import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { worker } from '../../ops.ts';

/** The processes that run runs. */
export const opsWorkersList = defineCommand({
  subject: 'orchestrator.ops.workers.list.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'The processes that run runs, for a credential of the platform',
  input: z.strictObject({}),
  output: z.object({ data: z.array(worker) }),
  errors: ['authorization_denied'],
  timeoutMs: 10_000,
  idempotent: true,
});

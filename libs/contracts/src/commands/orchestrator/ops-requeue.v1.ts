import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { runStatus } from '../../run.ts';
import { id } from '../../values.ts';

/** Make a run ready again that waits for a person or has fallen out of the queue. */
export const opsRequeue = defineCommand({
  subject: 'orchestrator.ops.requeue.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Make a run ready again that waits for a person or has fallen out of the queue',
  input: z.strictObject({ run_id: id }),
  output: z.object({
    run_id: id,
    status: runStatus,
    /** False: it was in the queue already. */
    requeued: z.boolean(),
  }),
  errors: ['not_found', 'conflict'],
  timeoutMs: 10_000,
  idempotent: true,
});

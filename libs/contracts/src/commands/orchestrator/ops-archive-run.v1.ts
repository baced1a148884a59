import { z } from 'zod';
import { defineCommand } from '../../command.ts';

/** Look at old days now rather than within the hour, those that are out of retries, too. */
export const opsArchiveRun = defineCommand({
  subject: 'orchestrator.ops.archive.run.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Archive now what is old enough; it goes on after the answer',
  input: z.strictObject({}),
  output: z.object({
    /** Days that were out of retries and are tried again. */
    tried_again: z.int(),
  }),
  errors: ['authorization_denied'],
  timeoutMs: 10_000,
  idempotent: true,
});

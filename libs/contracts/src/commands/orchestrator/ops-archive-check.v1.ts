import { z } from 'zod';
import { archiveCheck, runDay } from '../../archive.ts';
import { defineCommand } from '../../command.ts';

/** Read the archive of a day back, and compare it with what was exported. */
export const opsArchiveCheck = defineCommand({
  subject: 'orchestrator.ops.archive.check.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Read the archive of a day back and compare it with what was exported',
  input: z.strictObject({ run_day: runDay }),
  output: archiveCheck,
  errors: ['authorization_denied', 'not_found', 'invalid_request'],
  timeoutMs: 120_000,
  idempotent: true,
});

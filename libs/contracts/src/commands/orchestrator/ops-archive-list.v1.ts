import { z } from 'zod';
import { archiveDay } from '../../archive.ts';
import { defineCommand } from '../../command.ts';
import { nextCursor, page } from '../../values.ts';

/** The days of the journal and how far their archiving has come, the latest first. */
export const opsArchiveList = defineCommand({
  subject: 'orchestrator.ops.archive.list.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'The days of the journal and how far each has come on its way into the archive',
  input: z.strictObject(page),
  output: z.object({ data: z.array(archiveDay), next_cursor: nextCursor }),
  errors: ['authorization_denied', 'invalid_request'],
  timeoutMs: 10_000,
  idempotent: true,
});

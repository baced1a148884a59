import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { suiteSummary } from '../../evaluation.ts';
import { nextCursor, page } from '../../values.ts';

/** The suites shipped and those of the tenant, without their tasks. */
export const suitesList = defineCommand({
  subject: 'eval.suites.list.v1',
  owner: 'eval',
  callers: ['api-gateway'],
  summary: 'The suites shipped and those of the tenant, without their tasks',
  input: z.strictObject(page),
  output: z.object({ data: z.array(suiteSummary), next_cursor: nextCursor }),
  errors: ['invalid_request', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});

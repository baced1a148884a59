import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { evaluation, suiteName } from '../../evaluation.ts';
import { nextCursor, page } from '../../values.ts';

/** The evaluations of the tenant, newest first. */
export const evaluationsList = defineCommand({
  subject: 'eval.evaluations.list.v1',
  owner: 'eval',
  callers: ['api-gateway'],
  summary: 'The evaluations of the tenant, newest first',
  input: z.strictObject({ ...page, suite: suiteName.optional() }),
  output: z.object({ data: z.array(evaluation), next_cursor: nextCursor }),
  errors: ['invalid_request', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});

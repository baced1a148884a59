import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { evaluationSummary, suiteName } from '../../evaluation.ts';
import { nextCursor, page } from '../../values.ts';

/** The evaluations of the tenant, newest first, without their tasks. */
export const evaluationsList = defineCommand({
  subject: 'eval.evaluations.list.v1',
  owner: 'eval',
  callers: ['api-gateway'],
  summary: 'The evaluations of the tenant, newest first, without their tasks',
  input: z.strictObject({ ...page, suite: suiteName.optional() }),
  output: z.object({ data: z.array(evaluationSummary), next_cursor: nextCursor }),
  errors: ['invalid_request', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});

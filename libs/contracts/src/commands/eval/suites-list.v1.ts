import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { suite } from '../../evaluation.ts';
import { nextCursor, page } from '../../values.ts';

/** The suites of the tenant and those shipped. */
export const suitesList = defineCommand({
  subject: 'eval.suites.list.v1',
  owner: 'eval',
  callers: ['api-gateway'],
  summary: 'The suites of the tenant and those shipped',
  input: z.strictObject(page),
  output: z.object({ data: z.array(suite), next_cursor: nextCursor }),
  errors: ['invalid_request', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});

import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { consumerName, deadLetterSummary } from '../../ops.ts';
import { nextCursor, page } from '../../values.ts';

/** Messages that no consumer could handle, oldest first. */
export const opsDeadLettersList = defineCommand({
  subject: 'orchestrator.ops.dead-letters.list.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Messages that no consumer could handle, oldest first',
  input: z.strictObject({ ...page, consumer: consumerName.optional() }),
  output: z.object({ data: z.array(deadLetterSummary), next_cursor: nextCursor }),
  errors: ['invalid_request', 'authorization_denied', 'unavailable'],
  timeoutMs: 20_000,
  idempotent: true,
});

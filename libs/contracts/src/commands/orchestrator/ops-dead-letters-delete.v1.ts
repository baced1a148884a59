import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { deadLetterSequence } from '../../ops.ts';

/** Delete a dead letter for good. */
export const opsDeadLettersDelete = defineCommand({
  subject: 'orchestrator.ops.dead-letters.delete.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Delete a dead letter for good',
  input: z.strictObject({ sequence: deadLetterSequence }),
  output: z.object({ sequence: z.int() }),
  errors: ['not_found', 'authorization_denied', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: false,
});

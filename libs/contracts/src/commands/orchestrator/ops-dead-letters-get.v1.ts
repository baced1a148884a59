import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { deadLetterSequence, deadLetterWhole } from '../../ops.ts';

/** A dead letter, whole. */
export const opsDeadLettersGet = defineCommand({
  subject: 'orchestrator.ops.dead-letters.get.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'A dead letter, whole',
  input: z.strictObject({ sequence: deadLetterSequence }),
  output: deadLetterWhole,
  errors: ['not_found', 'authorization_denied', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});

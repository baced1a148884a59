import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { chosenDeadLetters, deadLetterOutcomes } from '../../ops.ts';

/** Publish dead letters once more where they came from; what is published leaves the dead letters. */
export const opsDeadLettersReplay = defineCommand({
  subject: 'orchestrator.ops.dead-letters.replay.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Publish one dead letter, or those of a consumer, once more where they came from',
  input: z.strictObject(chosenDeadLetters),
  output: deadLetterOutcomes,
  errors: ['invalid_request', 'not_found', 'authorization_denied', 'unavailable'],
  timeoutMs: 60_000,
  idempotent: true,
});

import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { evaluation } from '../../evaluation.ts';
import { id } from '../../values.ts';

/** Get an evaluation with the result of each task. */
export const evaluationsGet = defineCommand({
  subject: 'eval.evaluations.get.v1',
  owner: 'eval',
  callers: ['api-gateway'],
  summary: 'Get an evaluation with the result of each task',
  input: z.strictObject({ evaluation_id: id }),
  output: evaluation,
  errors: ['not_found', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});

import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { evaluation, suiteName } from '../../evaluation.ts';

/** Run a suite, or some of its tasks. */
export const evaluationsStart = defineCommand({
  subject: 'eval.evaluations.start.v1',
  owner: 'eval',
  callers: ['api-gateway'],
  summary: 'Run a suite, or some of its tasks',
  /** `tasks`: only these of the suite. */
  input: z.strictObject({ suite: suiteName, tasks: z.array(suiteName).min(1).max(200).optional() }),
  output: evaluation,
  errors: ['invalid_request', 'not_found', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: false,
});

import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { suite, suiteName } from '../../evaluation.ts';

/** Get a suite with its golden tasks. */
export const suitesGet = defineCommand({
  subject: 'eval.suites.get.v1',
  owner: 'eval',
  callers: ['api-gateway'],
  summary: 'Get a suite with its golden tasks',
  input: z.strictObject({ suite: suiteName }),
  output: suite,
  errors: ['not_found', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});

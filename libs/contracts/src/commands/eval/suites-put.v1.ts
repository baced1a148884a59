import { defineCommand } from '../../command.ts';
import { suite, suiteInput } from '../../evaluation.ts';

/** Make or replace a suite of golden tasks. */
export const suitesPut = defineCommand({
  subject: 'eval.suites.put.v1',
  owner: 'eval',
  callers: ['api-gateway'],
  summary: 'Make or replace a suite of golden tasks',
  input: suiteInput,
  output: suite,
  errors: ['invalid_request', 'conflict', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});

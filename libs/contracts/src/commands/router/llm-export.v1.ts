import { defineCommand } from '../../command.ts';
import { exportInput, exportOutput } from '../../export.ts';

/** The `llm.completed` events of all tenants again, from the spend rows: for a reader the stream has forgotten. */
export const llmExport = defineCommand({
  subject: 'router.llm.export.v1',
  owner: 'router',
  callers: ['billing'],
  summary: 'Past llm.completed events of all tenants, from the spend rows',
  input: exportInput,
  output: exportOutput,
  errors: ['invalid_request', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});

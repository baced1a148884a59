import { defineCommand } from '../../command.ts';
import { exportInput, exportOutput } from '../../export.ts';

/** The `run.finished` events of all tenants again, from the journal: for a reader the stream has forgotten. */
export const runsExportFinished = defineCommand({
  subject: 'orchestrator.runs.export-finished.v1',
  owner: 'orchestrator',
  callers: ['billing'],
  summary: 'Past run.finished events of all tenants, from the journal',
  input: exportInput,
  output: exportOutput,
  errors: ['invalid_request', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});

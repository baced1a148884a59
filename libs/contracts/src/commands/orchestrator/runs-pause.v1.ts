import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { runSummary } from '../../run.ts';
import { id } from '../../values.ts';
/** Ask for a run to be paused: calls under way end, nothing new is begun. */
export const runsPause = defineCommand({
  subject: 'orchestrator.runs.pause.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Ask for a run to be paused at its next step boundary; calls under way end',
  input: z.strictObject({ run_id: id }),
  output: runSummary,
  errors: ['not_found', 'conflict'],
  timeoutMs: 10_000,
  idempotent: true,
});

import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { run } from '../../run.ts';
import { id } from '../../values.ts';
/** Get a run, folded from its journal. */
export const runsGet = defineCommand({
  subject: 'orchestrator.runs.get.v1',
  owner: 'orchestrator',
  callers: ['api-gateway', 'eval'],
  summary: 'Get a run, folded from its journal',
  input: z.strictObject({ run_id: id }),
  output: run,
  errors: ['not_found'],
  timeoutMs: 10_000,
  idempotent: true,
});

import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { runOnFailure } from '../../rollback.ts';
import { runSummary } from '../../run.ts';
import { id } from '../../values.ts';
/** Ask for a run to be cancelled. */
export const runsCancel = defineCommand({
  subject: 'orchestrator.runs.cancel.v1',
  owner: 'orchestrator',
  callers: ['api-gateway', 'eval'],
  summary: 'Ask for a run to be cancelled',
  input: z.strictObject({
    run_id: id,
    reason: z.string().max(500).optional(),
    /** What becomes of completed effects; default: what the goal or its agent says. */
    on_failure: runOnFailure.optional(),
  }),
  output: runSummary,
  errors: ['not_found', 'conflict'],
  timeoutMs: 10_000,
  idempotent: true,
});

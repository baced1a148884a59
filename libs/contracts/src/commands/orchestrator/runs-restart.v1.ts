import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { runSummary } from '../../run.ts';
import { id, stepId } from '../../values.ts';
/** Run an ended run again from a step on; outputs of the steps before it are kept. */
export const runsRestart = defineCommand({
  subject: 'orchestrator.runs.restart.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Run an ended run again from a step on, keeping the outputs before it',
  input: z.strictObject({
    run_id: id,
    /** This step and all that come after it run again, and those that never ended well; default: the step that failed. */
    from_step: stepId.optional(),
  }),
  output: runSummary,
  errors: [
    'invalid_request',
    'not_found',
    'conflict',
    'budget_exceeded',
    'too_many_open_runs',
    'tenant_suspended',
    'unavailable',
  ],
  timeoutMs: 10_000,
  idempotent: false,
});

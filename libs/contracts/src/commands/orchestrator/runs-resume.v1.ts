import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { STEP_DECISIONS, runSummary } from '../../run.ts';
import { id, stepId } from '../../values.ts';
/**
 * Let a paused run, or one that waits for a person, go on. Where the outcome of a step is not known (`unknown_outcome`) or
 * a step could not be undone (`compensation_failed`) a person says what is to be done about it.
 */
export const runsResume = defineCommand({
  subject: 'orchestrator.runs.resume.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Let a paused run, or one that waits for a person, go on',
  input: z.strictObject({
    run_id: id,
    /** Of the step that waits for a decision; may be left out where there is one. */
    step_id: stepId.optional(),
    /**
     * `retry`: call again with the same key; `skip`: go on without its output; `fail`: the step has failed. In a rollback
     * `retry` or `skip`: the step stays as it is.
     */
    outcome: z.enum(STEP_DECISIONS).optional(),
  }),
  output: runSummary,
  errors: ['invalid_request', 'not_found', 'conflict'],
  timeoutMs: 10_000,
  idempotent: true,
});

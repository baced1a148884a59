import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { runStatus, runSummary } from '../../run.ts';
import { id, nextCursor, page } from '../../values.ts';
/** List the tenant’s runs, newest first. */
export const runsList = defineCommand({
  subject: 'orchestrator.runs.list.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'List the tenant’s runs, newest first',
  input: z.strictObject({
    ...page,
    agent_id: id.optional(),
    status: runStatus.optional(),
    parent_run_id: id.optional(),
  }),
  output: z.object({ data: z.array(runSummary), next_cursor: nextCursor }),
  errors: ['invalid_request'],
  timeoutMs: 10_000,
  idempotent: true,
});

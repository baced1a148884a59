import { z } from 'zod';
import { agent } from '../../agent.ts';
import { defineCommand } from '../../command.ts';
import { nextCursor, page } from '../../values.ts';
/** List the tenant’s agents, newest first. */
export const agentsList = defineCommand({
  subject: 'orchestrator.agents.list.v1',
  owner: 'orchestrator',
  callers: ['api-gateway', 'eval'],
  summary: 'List the tenant’s agents, newest first',
  input: z.strictObject(page),
  output: z.object({ data: z.array(agent), next_cursor: nextCursor }),
  errors: ['invalid_request'],
  timeoutMs: 10_000,
  idempotent: true,
});

import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { id } from '../../values.ts';
/** Delete an agent without open runs. */
export const agentsDelete = defineCommand({
  subject: 'orchestrator.agents.delete.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Delete an agent without open runs',
  input: z.strictObject({ agent_id: id }),
  output: z.object({ agent_id: id }),
  errors: ['not_found', 'conflict'],
  timeoutMs: 10_000,
  idempotent: true,
});

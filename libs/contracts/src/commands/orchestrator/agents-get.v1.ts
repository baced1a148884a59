import { z } from 'zod';
import { agent } from '../../agent.ts';
import { defineCommand } from '../../command.ts';
import { id } from '../../values.ts';
/** Get an agent. */
export const agentsGet = defineCommand({
  subject: 'orchestrator.agents.get.v1',
  owner: 'orchestrator',
  callers: ['api-gateway', 'eval'],
  summary: 'Get an agent',
  input: z.strictObject({ agent_id: id }),
  output: agent,
  errors: ['not_found'],
  timeoutMs: 10_000,
  idempotent: true,
});

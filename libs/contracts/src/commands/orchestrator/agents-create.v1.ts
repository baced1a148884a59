import { agent, agentCreateInput } from '../../agent.ts';
import { defineCommand } from '../../command.ts';
/** Create an agent. */
export const agentsCreate = defineCommand({
  subject: 'orchestrator.agents.create.v1',
  owner: 'orchestrator',
  callers: ['api-gateway', 'eval'],
  summary: 'Create an agent',
  input: agentCreateInput,
  output: agent,
  errors: ['invalid_request'],
  timeoutMs: 10_000,
  idempotent: false,
});

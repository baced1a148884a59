import { agent, agentUpdateInput } from '../../agent.ts';
import { defineCommand } from '../../command.ts';
import { id } from '../../values.ts';
/** Change an agent; its version grows. */
export const agentsUpdate = defineCommand({
  subject: 'orchestrator.agents.update.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Change an agent; its version grows',
  input: agentUpdateInput.extend({ agent_id: id }),
  output: agent,
  errors: ['invalid_request', 'not_found'],
  timeoutMs: 10_000,
  idempotent: true,
});

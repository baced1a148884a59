import {
  errorOf,
  fail,
  succeed,
  type Agent,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import { agentView, type AgentLimits } from '../domain/agent.ts';
import type { AgentStore } from './agent-store.ts';

/** An agent with what it has spent and reserved. */
export function getAgent(agents: AgentStore, limits: AgentLimits) {
  return async (context: RequestContext, input: { agent_id: string }): Promise<StructuredOutcome<Agent>> => {
    const found = await agents.find(context.tenantId, input.agent_id);
    if (found === undefined) return fail(errorOf('not_found', `no agent ${input.agent_id}`));
    return succeed(agentView(found, limits));
  };
}

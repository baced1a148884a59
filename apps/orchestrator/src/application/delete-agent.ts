import { errorOf, fail, succeed, type RequestContext, type StructuredOutcome } from '@aos/contracts';
import type { AgentStore } from './agent-store.ts';

/** Deletes an agent that has no unfinished runs. Its past runs stay readable. */
export function deleteAgent(agents: AgentStore) {
  return async (
    context: RequestContext,
    { agent_id }: { agent_id: string },
  ): Promise<StructuredOutcome<{ agent_id: string }>> => {
    switch (await agents.delete(context.tenantId, agent_id)) {
      case 'deleted':
        return succeed({ agent_id });
      case 'has_runs':
        return fail(errorOf('conflict', 'the agent has unfinished runs; cancel them or wait for their end'));
      case 'not_found':
        return fail(errorOf('not_found', `no agent ${agent_id}`));
    }
  };
}

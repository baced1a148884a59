import {
  fail,
  id,
  invalidRequest,
  succeed,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type agentsList,
} from '@aos/contracts';
import { agentView, type AgentLimits } from '../domain/agent.ts';
import type { AgentPlace, AgentStore } from './agent-store.ts';

/** The tenant's agents, newest first. */
export function listAgents(agents: AgentStore, limits: AgentLimits) {
  return async (
    context: RequestContext,
    { limit, cursor }: InputOf<typeof agentsList>,
  ): Promise<StructuredOutcome<OutputOf<typeof agentsList>>> => {
    const before = cursor === undefined ? undefined : placeOf(cursor);
    if (cursor !== undefined && before === undefined) {
      return fail(
        invalidRequest([{ field: '/cursor', message: 'is not a cursor of this list; start without one' }]),
      );
    }
    const found = await agents.list(context.tenantId, { before, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return succeed({
      data: page.map((agent) => agentView(agent, limits)),
      next_cursor: found.length > limit && last !== undefined ? cursorOf(last) : null,
    });
  };
}

function cursorOf({ createdAt, agentId }: AgentPlace): string {
  return Buffer.from(`${createdAt.getTime()} ${agentId}`).toString('base64url');
}

function placeOf(cursor: string): AgentPlace | undefined {
  const [time = '', agentId = '', ...more] = Buffer.from(cursor, 'base64url').toString().split(' ');
  if (!/^\d{1,15}$/.test(time) || !id.safeParse(agentId).success || more.length > 0) return undefined;
  return { createdAt: new Date(Number(time)), agentId };
}

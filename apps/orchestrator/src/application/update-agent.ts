import {
  errorOf,
  fail,
  invalidRequest,
  microcentsOf,
  succeed,
  type Agent,
  type InputOf,
  type RequestContext,
  type StructuredOutcome,
  type agentsUpdate,
} from '@aos/contracts';
import { agentIssues, agentView, type AgentFields, type AgentLimits } from '../domain/agent.ts';
import type { SkillRegistry } from '../domain/skill/skill.ts';
import type { AgentStore } from './agent-store.ts';

type Input = InputOf<typeof agentsUpdate>;

/** Changes the given fields of an agent; runs that are under way keep what they were admitted with. */
export function updateAgent(agents: AgentStore, skills: SkillRegistry, limits: AgentLimits) {
  return async (context: RequestContext, input: Input): Promise<StructuredOutcome<Agent>> => {
    const issues = agentIssues(input, skills);
    if (issues.length > 0) return fail(invalidRequest(issues));
    const updated = await agents.update(context.tenantId, input.agent_id, changesOf(input));
    if (updated === undefined) return fail(errorOf('not_found', `no agent ${input.agent_id}`));
    return succeed(agentView(updated, limits));
  };
}

function changesOf(input: Input): Partial<AgentFields> {
  const { name, instructions, skills, model, budget_cents, max_steps, max_concurrent_runs } = input;
  const { on_failure, planning_mode, replan } = input;
  return {
    ...(name !== undefined && { name }),
    ...(instructions !== undefined && { instructions }),
    ...(skills !== undefined && { skills }),
    ...(model !== undefined && { model }),
    ...(max_steps !== undefined && { maxSteps: max_steps }),
    ...(budget_cents !== undefined && { budgetMicrocents: microcentsOf(budget_cents) }),
    ...(max_concurrent_runs !== undefined && { maxConcurrentRuns: max_concurrent_runs }),
    ...(on_failure !== undefined && { onFailure: on_failure }),
    ...(planning_mode !== undefined && { planningMode: planning_mode }),
    ...(replan !== undefined && { replan }),
  };
}

import {
  fail,
  invalidRequest,
  microcentsOf,
  succeed,
  type Agent,
  type InputOf,
  type RequestContext,
  type StructuredOutcome,
  type agentsCreate,
} from '@aos/contracts';
import { v7 as newId } from 'uuid';
import { agentIssues, agentView, type AgentLimits } from '../domain/agent.ts';
import type { SkillRegistry } from '../domain/skill/skill.ts';
import type { AgentStore } from './agent-store.ts';

/** Creates an agent. */
export function createAgent(agents: AgentStore, skills: SkillRegistry, limits: AgentLimits) {
  return async (
    context: RequestContext,
    input: InputOf<typeof agentsCreate>,
  ): Promise<StructuredOutcome<Agent>> => {
    const issues = agentIssues(input, skills);
    if (issues.length > 0) return fail(invalidRequest(issues));
    const created = await agents.insert(context.tenantId, {
      agentId: newId(),
      createdAt: new Date(),
      name: input.name,
      instructions: input.instructions,
      skills: input.skills,
      model: input.model,
      maxSteps: input.max_steps ?? null,
      budgetMicrocents: microcentsOf(input.budget_cents),
      maxConcurrentRuns: input.max_concurrent_runs ?? limits.maxConcurrentRuns,
      onFailure: input.on_failure ?? 'compensate',
      planningMode: input.planning_mode ?? 'plan',
      replan: input.replan ?? 'on_failure',
    });
    return succeed(agentView(created, limits));
  };
}

import {
  errorOf,
  fail,
  invalidRequest,
  microcentsOf,
  succeed,
  type InputOf,
  type RequestContext,
  type StructuredOutcome,
  type runtimeSimulate,
} from '@aos/contracts';
import { budgetLeftMicrocents, type AgentLimits } from '../domain/agent.ts';
import { examinePlan } from '../domain/plan/examine-plan.ts';
import { plannerCalls, planningOf } from '../domain/run/planning.ts';
import { forecastPlan, type Forecast } from '../domain/plan/forecast-plan.ts';
import type { SkillRegistry } from '../domain/skill/skill.ts';
import type { AgentStore } from './agent-store.ts';

/**
 * Says whether a plan can run within a budget, what it costs and what may go wrong; runs nothing. A plan that is not
 * well formed is refused; one that may not reach a place is infeasible.
 */
export function simulatePlan(skills: SkillRegistry, agents: AgentStore, limits: AgentLimits) {
  return async (
    context: RequestContext,
    {
      plan,
      budget_cents,
      agent_id: agentId,
      max_parallel: maxParallel,
      ...wish
    }: InputOf<typeof runtimeSimulate>,
  ): Promise<StructuredOutcome<Forecast>> => {
    const agent = agentId === undefined ? undefined : await agents.find(context.tenantId, agentId);
    if (agentId !== undefined && agent === undefined)
      return fail(errorOf('not_found', `no agent ${agentId}`));
    const examined = examinePlan(plan, skills, { maxSteps: agent?.maxSteps ?? limits.maxSteps });
    if (examined.issues.length > 0) return fail(invalidRequest(examined.issues));
    const planning = planningOf(
      { mode: wish.planning_mode, replan: wish.replan },
      { mode: agent?.planningMode, replan: agent?.replan },
    );
    const calls = plannerCalls(planning, examined.steps.length);
    return succeed({
      planning: { ...planning, planner_calls: calls },
      ...forecastPlan(examined, skills, {
        budgetMicrocents: microcentsOf(budget_cents),
        agentLeftMicrocents: agent === undefined ? null : budgetLeftMicrocents(agent),
        allowedSkills: agent?.skills ?? [],
        maxParallel,
      }),
    });
  };
}

import {
  ARTIFACT_BYTES_MAX,
  GOAL_LIMITS,
  PLANNING_MODES,
  centsOf,
  errorOf,
  fail,
  succeed,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type runtimeCapabilities,
} from '@aos/contracts';
import { budgetLeftMicrocents, type AgentLimits } from '../domain/agent.ts';
import { ENGINE_VERSION } from '../domain/run/state.ts';
import type { SkillRegistry } from '../domain/skill/skill.ts';
import type { AgentStore } from './agent-store.ts';

/** What a caller can do here; with an agent: what it may use, and what is left of its budget. */
export function describeCapabilities(skills: SkillRegistry, agents: AgentStore, limits: AgentLimits) {
  return async (
    { tenantId }: RequestContext,
    { agent_id: agentId }: InputOf<typeof runtimeCapabilities>,
  ): Promise<StructuredOutcome<OutputOf<typeof runtimeCapabilities>>> => {
    const agent = agentId === undefined ? undefined : await agents.find(tenantId, agentId);
    if (agentId !== undefined && agent === undefined)
      return fail(errorOf('not_found', `no agent ${agentId}`));
    const isUsable = (name: string) =>
      agent === undefined || agent.skills.length === 0 || agent.skills.includes(name);
    const leftMicrocents = agent === undefined ? null : budgetLeftMicrocents(agent);
    return succeed({
      tenant_id: tenantId,
      engine_version: ENGINE_VERSION,
      skills: [...skills.values()]
        .filter(({ spec }) => isUsable(spec.name))
        .map(({ spec: { name, version, cost_microcents, latency_ms, side_effects, compensated_by } }) => ({
          name,
          version,
          cost_microcents,
          latency_ms,
          side_effects,
          ...(compensated_by === undefined ? {} : { compensated_by }),
        })),
      limits: {
        max_steps: agent?.maxSteps ?? limits.maxSteps,
        max_concurrent_runs_per_agent: agent?.maxConcurrentRuns ?? limits.maxConcurrentRuns,
        payload_bytes_max: ARTIFACT_BYTES_MAX,
        goals: { ...GOAL_LIMITS },
      },
      planning: {
        modes: [...PLANNING_MODES],
        mode: agent?.planningMode ?? null,
        replan: agent?.replan ?? null,
      },
      budget_left_cents: leftMicrocents === null ? null : centsOf(leftMicrocents),
      open_runs: agent?.openRuns ?? null,
    });
  };
}

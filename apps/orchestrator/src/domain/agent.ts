import {
  centsOf,
  type Agent,
  type InputIssue,
  type PlanningMode,
  type ReplanMoment,
  type RunOnFailure,
} from '@aos/contracts';
import type { SkillRegistry } from './skill/skill.ts';
import { unknownSkillMessage } from './skill/unknown-skill.ts';

/** An agent as it is kept; money in micro-cents. */
export interface AgentRecord {
  agentId: string;
  tenantId: string;
  version: number;
  name: string;
  instructions: string;
  /** The skills its plans may use; empty: all. */
  skills: string[];
  /** The model that plans its goals; null: the tenant's default. */
  model: string | null;
  /** Null: the platform's limit. */
  maxSteps: number | null;
  /** 0: no limit of the agent's own. */
  budgetMicrocents: number;
  reservedMicrocents: number;
  spentMicrocents: number;
  /** Unfinished runs that are not waiting. */
  openRuns: number;
  maxConcurrentRuns: number;
  /** What becomes of completed effects of its runs that fail or are cut. */
  onFailure: RunOnFailure;
  planningMode: PlanningMode;
  /** When its adaptive runs ask their planner. */
  replan: ReplanMoment;
  createdAt: Date;
  updatedAt: Date;
}

/** What a caller decides of an agent. */
export type AgentFields = Pick<
  AgentRecord,
  | 'name'
  | 'instructions'
  | 'skills'
  | 'model'
  | 'maxSteps'
  | 'budgetMicrocents'
  | 'maxConcurrentRuns'
  | 'onFailure'
  | 'planningMode'
  | 'replan'
>;

/** What holds for agents that do not say. */
export interface AgentLimits {
  maxSteps: number;
  maxConcurrentRuns: number;
}

export function agentView(agent: AgentRecord, limits: AgentLimits): Agent {
  return {
    agent_id: agent.agentId,
    tenant_id: agent.tenantId,
    version: agent.version,
    name: agent.name,
    instructions: agent.instructions,
    skills: agent.skills,
    model: agent.model,
    budget_cents: centsOf(agent.budgetMicrocents),
    budget_microcents: agent.budgetMicrocents,
    spent_cents: centsOf(agent.spentMicrocents),
    spent_microcents: agent.spentMicrocents,
    reserved_cents: centsOf(agent.reservedMicrocents),
    reserved_microcents: agent.reservedMicrocents,
    open_runs: agent.openRuns,
    max_steps: agent.maxSteps ?? limits.maxSteps,
    max_concurrent_runs: agent.maxConcurrentRuns,
    on_failure: agent.onFailure,
    planning_mode: agent.planningMode,
    replan: agent.replan,
    created_at: agent.createdAt.toISOString(),
    updated_at: agent.updatedAt.toISOString(),
  };
}

/** What a budget of the agent's own leaves for further runs; null: it has none. */
export function budgetLeftMicrocents(agent: AgentRecord): number | null {
  if (agent.budgetMicrocents === 0) return null;
  return Math.max(0, agent.budgetMicrocents - agent.spentMicrocents - agent.reservedMicrocents);
}

interface GivenFields {
  name?: string | undefined;
  instructions?: string | undefined;
  skills?: readonly string[] | undefined;
}

/** What is wrong with what a caller says of an agent beyond its form: Postgres holds no NUL, and skills must exist. */
export function agentIssues(given: GivenFields, registry: SkillRegistry): InputIssue[] {
  const { name = '', instructions = '', skills = [] } = given;
  const withNul = Object.entries({ name, instructions }).filter(([, text]) => text.includes('\0'));
  return [
    ...withNul.map(([field]) => ({ field: `/${field}`, message: 'contains a NUL character; remove it' })),
    ...skills.flatMap((skill, index) =>
      registry.has(skill)
        ? []
        : [{ field: `/skills/${index}`, message: unknownSkillMessage(skill, registry) }],
    ),
  ];
}

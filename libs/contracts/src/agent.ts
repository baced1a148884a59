import { z } from 'zod';
import { runOnFailure } from './rollback.ts';
import { planningMode, replanMoment } from './planning.ts';
import { cents, id, microcents, skillName, tenantId, timestamp } from './values.ts';

/** AgentSpec: what a caller says of an agent. */
const agentFields = {
  name: z.string().trim().min(1).max(200),
  instructions: z.string().max(20_000),
  /** The skills its plans may use; empty: all. */
  skills: z.array(skillName).max(100),
  /** What its runs may cost in all; 0: no limit of the agent's own. */
  budget_cents: cents,
  /** The model that plans its goals; null: the tenant's default. */
  model: z.string().min(1).max(200).nullable(),
  max_steps: z.int().min(1).max(1000),
  /** Unfinished, non-waiting runs at once; a goal beyond is refused with 429. */
  max_concurrent_runs: z.int().min(1).max(100_000),
  /** What becomes of the completed effects of its runs that fail or are cut; default `compensate`. */
  on_failure: runOnFailure,
  /** Default `plan`; `adaptive`: the planner is told what became of its steps. A goal may say otherwise. */
  planning_mode: planningMode,
  /** When an adaptive run asks its planner, default `on_failure`; each time is a model call that is paid. */
  replan: replanMoment,
};

export const agentCreateInput = z.strictObject({
  name: agentFields.name,
  instructions: agentFields.instructions.default(''),
  skills: agentFields.skills.default([]),
  budget_cents: agentFields.budget_cents.default(0),
  model: agentFields.model.default(null),
  max_steps: agentFields.max_steps.optional(),
  max_concurrent_runs: agentFields.max_concurrent_runs.optional(),
  on_failure: agentFields.on_failure.optional(),
  planning_mode: agentFields.planning_mode.optional(),
  replan: agentFields.replan.optional(),
});

export const agentUpdateInput = z.strictObject(agentFields).partial();

/** An agent as it is answered. */
export const agent = z.object({
  agent_id: id,
  tenant_id: tenantId,
  version: z.int().positive(),
  name: z.string(),
  instructions: z.string(),
  skills: z.array(z.string()),
  model: z.string().nullable(),
  budget_cents: z.number(),
  budget_microcents: microcents,
  spent_cents: z.number(),
  spent_microcents: microcents,
  reserved_cents: z.number(),
  reserved_microcents: microcents,
  open_runs: z.int().nonnegative(),
  max_steps: z.int(),
  max_concurrent_runs: z.int(),
  on_failure: runOnFailure.optional(),
  planning_mode: planningMode.optional(),
  replan: replanMoment.optional(),
  created_at: timestamp,
  updated_at: timestamp,
});

export type Agent = z.infer<typeof agent>;

import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { planInput } from '../../plan.ts';
import { planningMode, replanMoment } from '../../planning.ts';
import { cents, id, microcents } from '../../values.ts';

export const riskCode = z.enum([
  'TIMEOUT',
  'RATE_LIMIT',
  'BUDGET',
  'HOST_DENIED',
  'BREAKER_OPEN',
  'APPROVAL',
  'NOT_IDEMPOTENT',
]);

/** Say whether a plan can run within a budget, what it costs and what may go wrong; runs nothing. */
export const runtimeSimulate = defineCommand({
  subject: 'orchestrator.runtime.simulate.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Say whether a plan can run within a budget, what it costs and what may go wrong; runs nothing',
  input: z.strictObject({
    plan: planInput,
    budget_cents: cents,
    agent_id: id.optional(),
    /** Default: the agent's. */
    planning_mode: planningMode.optional(),
    replan: replanMoment.optional(),
    /** As in the goal: steps at work at once; default 8. */
    max_parallel: z.int().min(1).max(32).optional(),
  }),
  output: z.object({
    feasible: z.boolean(),
    status: z.enum(['FEASIBLE', 'INFEASIBLE']),
    cost_cents: z.number(),
    cost_microcents: microcents,
    latency_ms: z.int(),
    steps: z.array(
      z.object({
        step_id: z.string(),
        skill: z.string(),
        cost_microcents: microcents,
        latency_ms: z.int(),
        /** The skill that undoes the step where the run fails or is cut; null: nothing does. */
        compensated_by: z.string().nullable().optional(),
      }),
    ),
    /** What it costs to undo all steps; not part of `cost_microcents`. */
    rollback_cost_cents: z.number().optional(),
    rollback_cost_microcents: microcents.optional(),
    risks: z.array(
      z.object({
        step_id: z.string(),
        code: riskCode,
        probability: z.number().min(0).max(1).optional(),
        detail: z.string(),
      }),
    ),
    reasons: z.array(z.string()),
    /** How often the planner is asked at most where every step succeeds; its calls are paid beside the cost of the steps. */
    planning: z
      .object({ mode: planningMode, replan: replanMoment, planner_calls: z.int().nonnegative() })
      .optional(),
  }),
  errors: ['invalid_request', 'not_found'],
  timeoutMs: 10_000,
  idempotent: true,
});

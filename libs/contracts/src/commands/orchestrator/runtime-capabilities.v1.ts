import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { planningMode, replanMoment } from '../../planning.ts';
import { id, microcents, tenantId } from '../../values.ts';
/** What this caller can do here: skills with cost and latency, limits, budget left. */
export const runtimeCapabilities = defineCommand({
  subject: 'orchestrator.runtime.capabilities.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'What this caller can do here: skills with cost and latency, limits, budget left',
  input: z.strictObject({ agent_id: id.optional() }),
  output: z.object({
    tenant_id: tenantId,
    engine_version: z.int(),
    skills: z.array(
      z.object({
        name: z.string(),
        version: z.string(),
        cost_microcents: microcents,
        latency_ms: z.int(),
        side_effects: z.string(),
        /** The skill that undoes a call by itself; absent: a plan says what does. */
        compensated_by: z.string().optional(),
      }),
    ),
    limits: z.object({
      max_steps: z.int(),
      max_concurrent_runs_per_agent: z.int(),
      /** What a step may hand on at most. */
      payload_bytes_max: z.int(),
      /** What goals, plans, outputs may be at most; absent: the orchestrator is older than this. */
      goals: z.record(z.string(), z.int()).optional(),
    }),
    /** With agent_id: how goals of the agent are planned that do not say. */
    planning: z
      .object({
        modes: z.array(planningMode),
        mode: planningMode.nullable(),
        replan: replanMoment.nullable(),
      })
      .optional(),
    /** With agent_id: what is left of its budget; null: it has none of its own. */
    budget_left_cents: z.number().nullable(),
    open_runs: z.int().nullable(),
  }),
  errors: ['not_found'],
  timeoutMs: 10_000,
  idempotent: true,
});

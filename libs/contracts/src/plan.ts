import { z } from 'zod';
import { GOAL_LIMITS } from './limits.ts';
import { skillName, stepId } from './values.ts';

/** How failed attempts of a step are repeated. Names as in Temporal's RetryPolicy. */
export const retryPolicy = z.strictObject({
  maximum_attempts: z.int().min(1).max(GOAL_LIMITS.step_attempts_max).default(3),
  initial_interval_ms: z.int().min(0).max(600_000).default(500),
  backoff_coefficient: z.number().min(1).max(10).default(2),
  maximum_interval_ms: z.int().min(0).max(GOAL_LIMITS.retry_interval_ms_max).default(60_000),
});

/** What undoes a step where its run fails or is cut; the params may refer to results, the step's own among them. */
export const compensationInput = z.strictObject({
  skill: skillName,
  params: z.record(z.string(), z.json()).default({}),
  timeout_ms: z.int().min(1).max(GOAL_LIMITS.step_timeout_ms_max).optional(),
  retry: retryPolicy.optional(),
});

/** What undoes a step, complete. */
export const compensation = z.object({
  skill: skillName,
  skill_version: z.string(),
  params: z.record(z.string(), z.json()),
  timeout_ms: z.int().positive(),
  retry: retryPolicy,
});

/** A step as a caller writes it. `step_id` and `depends_on` may be left out for a plain sequence. */
export const planStepInput = z.strictObject({
  step_id: stepId.optional(),
  skill: skillName,
  params: z.record(z.string(), z.json()).default({}),
  depends_on: z.array(stepId).max(50).optional(),
  description: z.string().max(500).optional(),
  timeout_ms: z.int().min(1).max(GOAL_LIMITS.step_timeout_ms_max).optional(),
  retry: retryPolicy.optional(),
  /** Default `fail`: the run ends. `continue`: the run goes on, references to the step's output give null. */
  on_failure: z.enum(['fail', 'continue']).optional(),
  /** Default: what its skill declares to undo it, if anything. */
  compensate_with: compensationInput.optional(),
});

export const planInput = z.array(planStepInput).min(1).max(GOAL_LIMITS.plan_steps_max);

/** A step of an accepted plan: complete, in topological order. */
export const planStep = z.object({
  step_id: stepId,
  skill: skillName,
  skill_version: z.string(),
  params: z.record(z.string(), z.json()),
  depends_on: z.array(stepId),
  description: z.string().optional(),
  timeout_ms: z.int().positive(),
  retry: retryPolicy,
  /** Absent: `fail`. Added after the first plans were written. */
  on_failure: z.enum(['fail', 'continue']).optional(),
  compensate_with: compensation.optional(),
});

/** Steps of a run at work at once, where the goal does not say. */
export const MAX_PARALLEL_DEFAULT = 8;

/** Where a plan came from; `planner` is `caller` for a plan given with the goal, else `anthropic` or `stub`. */
export const planMetadata = z.object({
  planner: z.string(),
  model: z.string().nullable(),
  reasoning: z.string().nullable(),
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  latency_ms: z.int().nonnegative(),
});

export const plan = z.object({ plan_id: z.uuid(), metadata: planMetadata, steps: z.array(planStep) });

export type RetryPolicy = z.infer<typeof retryPolicy>;
export type CompensationInput = z.infer<typeof compensationInput>;
export type Compensation = z.infer<typeof compensation>;
export type PlanStepInput = z.infer<typeof planStepInput>;
export type PlanStep = z.infer<typeof planStep>;
export type Plan = z.infer<typeof plan>;

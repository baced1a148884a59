import { z } from 'zod';
import { planMetadata } from './plan.ts';
import { microcents, timestamp } from './values.ts';

/** `plan`: the steps are planned once. `adaptive`: the planner is told what became of them, and goes on from there. */
export const PLANNING_MODES = ['plan', 'adaptive'] as const;
/** When an adaptive run asks its planner: after a failure and at the end of the plan, or after every step. */
export const REPLAN_MOMENTS = ['on_failure', 'every_step'] as const;
export const planningMode = z.enum(PLANNING_MODES);
export const replanMoment = z.enum(REPLAN_MOMENTS);
export type PlanningMode = z.infer<typeof planningMode>;
export type ReplanMoment = z.infer<typeof replanMoment>;

/**
 * What a planner answers to what became of its steps: other steps in place of those not begun, go on with them, the goal
 * is reached, or it cannot be.
 */
export const PLAN_DECISIONS = ['change', 'continue', 'end', 'give_up'] as const;
export type PlanDecision = (typeof PLAN_DECISIONS)[number];

/** What a planner said in the course of an adaptive run, from its first plan (`plan`) on. */
export const planRevision = z.object({
  /** Of the plan in force from then on. */
  plan_id: z.uuid(),
  /** Null: the first plan, or one that stands as it is. */
  revises: z.uuid().nullable(),
  decision: z.enum(['plan', ...PLAN_DECISIONS]),
  created_at: timestamp,
  ...planMetadata.shape,
  steps_added: z.array(z.string()),
  /** Steps not begun, which another plan took the place of. */
  steps_dropped: z.array(z.string()),
  cost_cents: z.number(),
  cost_microcents: microcents,
});

export type PlanRevision = z.infer<typeof planRevision>;

import { z } from 'zod';
import { artifactRef } from './artifact.ts';
import { errorSpec } from './error-spec.ts';
import { GOAL_LIMITS, jsonBytes } from './limits.ts';
import { plan, planInput } from './plan.ts';
import { runOnFailure, runRollback, stepCompensation } from './rollback.ts';
import { planningMode, planRevision, replanMoment } from './planning.ts';
import { cents, id, idempotencyKey, microcents, tenantId, timestamp } from './values.ts';

export const RUN_STATUSES = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;
export const STEP_STATUSES = [
  'pending',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
  'compensated',
] as const;
export const runStatus = z.enum(RUN_STATUSES);
export const stepStatus = z.enum(STEP_STATUSES);
export type RunStatus = z.infer<typeof runStatus>;
export type StepStatus = z.infer<typeof stepStatus>;

/** What a person decides about a step whose outcome is not known. */
export const STEP_DECISIONS = ['retry', 'skip', 'fail'] as const;
export type StepDecision = (typeof STEP_DECISIONS)[number];

const context = z.record(z.string(), z.json()).superRefine((value, judged) => {
  const bytes = jsonBytes(value);
  const most = GOAL_LIMITS.context_bytes_max;
  if (bytes > most)
    judged.addIssue({
      code: 'custom',
      message: `is ${bytes} bytes as JSON, the limit is ${most}; pass a URL instead`,
    });
});

const labels = z
  .record(
    z.string().min(1).max(GOAL_LIMITS.label_name_chars_max),
    z.string().max(GOAL_LIMITS.label_value_chars_max),
  )
  .superRefine((value, judged) => {
    const count = Object.keys(value).length;
    if (count > GOAL_LIMITS.labels_max)
      judged.addIssue({ code: 'custom', message: `are ${count}, the limit is ${GOAL_LIMITS.labels_max}` });
  });

/** What is handed in as a goal. */
export const goalInput = z.strictObject({
  goal: z.string().trim().min(1).max(GOAL_LIMITS.goal_chars_max),
  plan: planInput.optional(),
  context: context.optional(),
  idempotency_key: idempotencyKey.optional(),
  est_cost_cents: cents.optional(),
  max_steps: z.int().min(1).max(1000).optional(),
  priority: z.int().min(0).max(9).default(5),
  /** Steps at work at once where `depends_on` allows it; default 8. */
  max_parallel: z.int().min(1).max(GOAL_LIMITS.max_parallel_max).optional(),
  /** The run waits until then; a time that has passed is now. */
  start_at: timestamp.optional(),
  /** The run is cut then, whatever it is doing, and fails with `deadline_exceeded`. */
  deadline: timestamp.optional(),
  /** What becomes of completed effects where the run fails or is cut; default: what its agent says. */
  on_failure: runOnFailure.optional(),
  /** Default: the agent's. */
  planning_mode: planningMode.optional(),
  /** Default: the agent's. */
  replan: replanMoment.optional(),
  labels: labels.optional(),
});

/** What a step asks of another agent of its tenant. */
export const childRunInput = z.strictObject({
  agent_id: id.describe('the agent, of the same tenant'),
  goal: goalInput.shape.goal,
  plan: goalInput.shape.plan,
  context: goalInput.shape.context,
  budget_cents: cents.optional().describe('of what the run has reserved; else what its plan usually costs'),
  timeout_ms: z
    .int()
    .min(1)
    .max(30 * 24 * 3_600_000)
    .optional()
    .describe('past it the child is cut; else only by the deadline of the run'),
});

export const submittedRun = z.object({
  run_id: id,
  agent_id: id,
  tenant_id: tenantId,
  status: runStatus,
  goal: z.string(),
  created_at: timestamp,
  /** True where the idempotency key had been used: this is the first run, as it is now. */
  replayed: z.boolean(),
});

/** A step of a run, folded from the journal. */
export const runStep = z.object({
  step_id: z.string(),
  skill: z.string(),
  status: stepStatus,
  attempts: z.int().nonnegative(),
  idempotency_key: z.string().nullable(),
  started_at: timestamp.nullable(),
  finished_at: timestamp.nullable(),
  next_attempt_at: timestamp.nullable(),
  output: z.json().nullable(),
  /** Where an output of more than 32 KB is kept; `output` is null then. */
  output_artifact: artifactRef.nullable(),
  /** The output is left out here, since those of all steps are too much: it stands in the step's event. */
  output_omitted: z.boolean().optional(),
  error: errorSpec.nullable(),
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  cost_cents: z.number(),
  cost_microcents: microcents,
  /** Of a replay: taken over, or answered as it was in the run that is replayed. */
  recorded: z.boolean().optional(),
  /** What undoes the step; null: nothing does. */
  compensation: stepCompensation.nullable().optional(),
});

export const runSummary = z.object({
  run_id: id,
  agent_id: id,
  tenant_id: tenantId,
  status: runStatus,
  goal: z.string(),
  labels: z.record(z.string(), z.string()),
  priority: z.int(),
  cost_cents: z.number(),
  cost_microcents: microcents,
  /** Of a child run: the run whose step submitted it. */
  parent_run_id: id.nullable().optional(),
  waiting_reason: z.string().nullable(),
  next_attempt_at: timestamp.nullable(),
  created_at: timestamp,
  started_at: timestamp.nullable(),
  finished_at: timestamp.nullable(),
});

/** A child run as its parent shows it. */
export const childRun = z.object({
  run_id: id,
  agent_id: id,
  step_id: z.string(),
  status: runStatus,
  waiting_reason: z.string().nullable(),
  cost_cents: z.number(),
  cost_microcents: microcents,
});

/** A run, whole. `outcome` is the output of the last step or the error that ended it. */
export const run = runSummary.extend({
  context: z.record(z.string(), z.json()),
  max_steps: z.int(),
  max_parallel: z.int().optional(),
  /** Grows with each restart. */
  generation: z.int().optional(),
  start_at: timestamp.nullable().optional(),
  deadline: timestamp.nullable().optional(),
  /** The run that it replays. */
  replay_of: id.nullable().optional(),
  on_failure: runOnFailure.optional(),
  /** Of a run that is or was rolled back. */
  rollback: runRollback.nullable().optional(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  reserved_cents: z.number(),
  reserved_microcents: microcents,
  planning_mode: planningMode.optional(),
  /** The plan in force: of an adaptive run the steps that have ended and those to come. */
  plan: plan.nullable(),
  /** Of an adaptive run: what its planner said, oldest first. */
  plan_revisions: z.array(planRevision).optional(),
  /** Attempts at a plan that came to nothing, and when the next one is due. */
  planning: z.object({
    attempts: z.int(),
    next_attempt_at: timestamp.nullable(),
    error: errorSpec.nullable(),
  }),
  steps: z.array(runStep),
  parent_step_id: z.string().nullable().optional(),
  /** Its child runs, newest first; the first 100. */
  children: z.array(childRun).optional(),
  /** Files the run made, read at `/runs/{id}/artifacts/{name}`. */
  artifacts: z.array(artifactRef),
  outcome: z
    .object({
      output: z.json().nullable(),
      output_artifact: artifactRef.nullable(),
      error: errorSpec.nullable(),
    })
    .nullable(),
});

export type GoalInput = z.infer<typeof goalInput>;
export type ChildRunInput = z.output<typeof childRunInput>;
export type ChildRun = z.infer<typeof childRun>;
export type SubmittedRun = z.infer<typeof submittedRun>;
export type RunStep = z.infer<typeof runStep>;
export type RunSummary = z.infer<typeof runSummary>;
export type Run = z.infer<typeof run>;

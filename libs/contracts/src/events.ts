import { z } from 'zod';
import { artifactRef } from './artifact.ts';
import { errorSpec } from './error-spec.ts';
import { SPEND_PURPOSES } from './llm.ts';
import { message } from './message.ts';
import { compensation, planMetadata, planStep } from './plan.ts';
import { replayEffects } from './replay.ts';
import { planningMode, replanMoment } from './planning.ts';
import { rollbackCause, runOnFailure } from './rollback.ts';
import { id, microcents, tenantId, timestamp } from './values.ts';

/** What a step may wait for outside, and the reason its run then gives for waiting. */
export const AWAITED = ['child_run', 'message'] as const;
export type AwaitKind = (typeof AWAITED)[number];

/** What a model was paid for; absent: nothing. Added after the first journals were written. */
const spend = {
  cost_microcents: microcents.optional(),
  input_tokens: z.int().nonnegative().optional(),
  output_tokens: z.int().nonnegative().optional(),
};

/** The step that a call undoes; absent: the call is the step's own. Added with engine version 4. */
const compensates = z.string().optional();

/** The data of each event by type. A journal row is one event, so these are the journal's payloads too. */
export const EVENT_DATA = {
  'run.queued': z.object({
    goal: z.string(),
    agent_version: z.int(),
    priority: z.int(),
    max_steps: z.int(),
    reserved_microcents: microcents,
    context: z.record(z.string(), z.json()),
    labels: z.record(z.string(), z.string()),
    /** Absent: 8. Added after the first journals were written. */
    max_parallel: z.int().positive().optional(),
    start_at: timestamp.optional(),
    deadline: timestamp.optional(),
    /** The step that submitted it, and the runs above, the first first; absent: it is nobody’s child. */
    parent: z.object({ run_id: id, step_id: z.string() }).optional(),
    lineage: z.array(z.object({ run_id: id, agent_id: id })).optional(),
    /** Absent: `keep`. Added with engine version 4. */
    on_failure: runOnFailure.optional(),
    /** The run that it replays. Added with engine version 4. */
    replay_of: z.object({ run_id: id, from_step: z.string().nullable(), effects: replayEffects }).optional(),
    /** Absent: `plan`. */
    planning_mode: planningMode.optional(),
    /** Of an adaptive run. */
    replan: replanMoment.optional(),
  }),
  'run.started': z.object({ engine_version: z.int() }),
  /** `cost_microcents`: what planning cost; the tokens stand in the metadata. */
  'plan.created': z.object({
    plan_id: z.uuid(),
    metadata: planMetadata,
    steps: z.array(planStep),
    cost_microcents: microcents.optional(),
    /** Of an adaptive run: the plan whose steps that had not begun `steps` take the place of; those that have ended stay. */
    revises: z.uuid().optional(),
    decision: z.literal('change').optional(),
  }),
  /** The planner of an adaptive run was told what became of the steps, and leaves the plan as it is. */
  'plan.reviewed': z.object({
    plan_id: z.uuid(),
    decision: z.enum(['continue', 'end', 'give_up']),
    metadata: planMetadata,
    /** What the run gives when it ends here; null: what its last step that succeeded gave. */
    output: z.json().nullable(),
    output_artifact: artifactRef.optional(),
    /** Why it was given up. */
    error: errorSpec.nullable(),
    cost_microcents: microcents,
  }),
  /** The planner gave no plan that can be run; asked again at `next_attempt_at`; null: it was the last time. */
  'plan.rejected': z.object({
    attempt: z.int().positive(),
    error: errorSpec,
    latency_ms: z.int().nonnegative(),
    next_attempt_at: timestamp.nullable(),
    ...spend,
  }),
  /** An intent: durable before the effect starts. */
  'tool.call.requested': z.object({
    step_id: z.string(),
    skill: z.string(),
    attempt: z.int().positive(),
    idempotency_key: z.string(),
    idempotent: z.boolean(),
    timeout_ms: z.int().positive(),
    compensates,
    /** What such a call may have to wait for. */
    awaits: z.enum(AWAITED).optional(),
  }),
  'tool.call.succeeded': z.object({
    step_id: z.string(),
    skill: z.string(),
    attempt: z.int().positive(),
    idempotency_key: z.string(),
    latency_ms: z.int().nonnegative(),
    compensates,
  }),
  /** An attempt that failed and will be repeated at `next_attempt_at`; null: it was the last. */
  'tool.call.failed': z.object({
    step_id: z.string(),
    skill: z.string(),
    attempt: z.int().positive(),
    error: errorSpec,
    latency_ms: z.int().nonnegative(),
    next_attempt_at: timestamp.nullable(),
    ...spend,
    compensates,
  }),
  /** `cost_microcents` and tokens are those of the last attempt; failed attempts carry their own. */
  'step.finished': z.object({
    step_id: z.string(),
    skill: z.string(),
    status: z.enum(['succeeded', 'failed', 'skipped', 'cancelled']),
    attempts: z.int().nonnegative(),
    output: z.json().nullable(),
    error: errorSpec.nullable(),
    started_at: timestamp.nullable(),
    latency_ms: z.int().nonnegative(),
    ...spend,
    cost_microcents: microcents,
    /** Where an output too large for an event is kept; `output` is null then. */
    output_artifact: artifactRef.optional(),
    /** What undoes it, as its skill declares; the params are values, without references. */
    compensation: compensation.optional(),
    /** Of a replay: the step was taken over or answered as it was; nothing was done. */
    recorded: z.literal(true).optional(),
  }),
  /** Of a replay: how the step ended in the run that is replayed, to answer it with. */
  'step.recorded': z.object({
    step_id: z.string(),
    output: z.json().nullable(),
    output_artifact: artifactRef.optional(),
    /** Null: it succeeded. */
    error: errorSpec.nullable(),
    files: z.array(artifactRef),
  }),
  /**
   * A step waits for something outside, its slot given back: a signal wakes it, or its time. `held_microcents` of the
   * reservation are kept for it.
   */
  'step.waiting': z.object({
    step_id: z.string(),
    skill: z.string(),
    attempt: z.int().positive(),
    for: z.enum(AWAITED),
    until: timestamp.nullable(),
    child_run_id: id.optional(),
    held_microcents: microcents.optional(),
  }),
  /** A skill kept a file for the run. */
  'artifact.created': z.object({ step_id: z.string(), artifact: artifactRef }),
  /** A skill took a file out of the run, where it is still that one. */
  'artifact.removed': z.object({
    step_id: z.string(),
    artifact: artifactRef.pick({ name: true, sha256: true }),
  }),
  'run.waiting': z.object({
    reason: z.string(),
    next_attempt_at: timestamp.nullable(),
    error: errorSpec.nullable(),
  }),
  /**
   * An ended run begins again: `from_step` and what comes after it, under a new generation and thus new keys. Null: it
   * had no plan, or an adaptive one whose steps all ended well.
   */
  'run.restarted': z.object({
    from_step: z.string().nullable(),
    generation: z.int().min(2),
    reserved_microcents: microcents,
  }),
  /**
   * A person has decided about a step whose outcome was not known, or a compensation that failed; `retry`: it is called
   * again with the same key.
   */
  'step.resolved': z.object({ step_id: z.string(), outcome: z.enum(['retry', 'skip', 'fail']), compensates }),
  /** The run has failed or was cut, and before it ends `steps` are compensated, in this order: the last completed first. */
  'run.compensating': z.object({ cause: rollbackCause, steps: z.array(z.string()) }),
  /** `skill` has undone the step; `skipped`: a person said that it stays as it is. */
  'step.compensated': z.object({
    step_id: z.string(),
    skill: z.string(),
    status: z.enum(['succeeded', 'skipped']),
    attempts: z.int().nonnegative(),
    /** Of the last attempt, where it was skipped. */
    error: errorSpec.nullable(),
    started_at: timestamp.nullable(),
    latency_ms: z.int().nonnegative(),
    ...spend,
  }),
  /** A waiting run is being worked on again. */
  'run.resumed': z.object({ reason: z.string() }),
  'run.finished': z.object({
    status: z.enum(['succeeded', 'failed', 'cancelled']),
    output: z.json().nullable(),
    error: errorSpec.nullable(),
    cost_microcents: microcents,
    cost_cents: z.number(),
    /** Since the run was submitted or restarted; cost and tokens are those of the whole run. */
    steps_finished: z.int().nonnegative(),
    input_tokens: z.int().nonnegative().optional(),
    output_tokens: z.int().nonnegative().optional(),
    /** Where an outcome too large for an event is kept; `output` is null then. */
    output_artifact: artifactRef.optional(),
  }),
  /** A model was called and paid. */
  'llm.completed': z.object({
    request_id: id,
    run_id: id.nullable(),
    agent_id: id.nullable(),
    purpose: z.enum(SPEND_PURPOSES),
    provider: z.string(),
    model: z.string(),
    response_model: z.string(),
    input_tokens: z.int().nonnegative(),
    cache_read_tokens: z.int().nonnegative(),
    cache_write_tokens: z.int().nonnegative(),
    output_tokens: z.int().nonnegative(),
    /** Of the output, what was thought; absent in older events. */
    reasoning_tokens: z.int().nonnegative().optional(),
    cost_microcents: microcents,
    cost_cents: z.number(),
    latency_ms: z.int().nonnegative(),
    /** The key that asked at the public endpoints; null: a service of the platform. */
    key_id: z.string().nullable().optional(),
    /** How the answer ended: whole, by the loss of the provider, or by the caller's leaving. */
    status: z.enum(['complete', 'cut', 'cancelled']).optional(),
    /** The provider did not tell the usage: it was counted by router. */
    is_estimated: z.boolean().optional(),
  }),
  /** A message was put into the mailbox of an agent; its body is read from there. */
  'message.sent': message.omit({ body: true }),
  'evaluation.finished': z.object({
    evaluation_id: id,
    suite: z.string(),
    status: z.enum(['passed', 'failed']),
    score: z.number(),
    tasks_passed: z.int().nonnegative(),
    tasks_failed: z.int().nonnegative(),
    cost_microcents: microcents,
  }),
  'key.revoked': z.object({ key_id: z.string() }),
} as const;

export type EventType = keyof typeof EVENT_DATA;
export type EventData<T extends EventType> = z.infer<(typeof EVENT_DATA)[T]>;

/** CloudEvents 1.0 in JSON; the extension attributes are lower-case as the specification wants. */
export const cloudEvent = z.object({
  specversion: z.literal('1.0'),
  /** `<timeline>-<run id>-<run_seq>` for journal events; also the Nats-Msg-Id. */
  id: z.string(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: timestamp,
  datacontenttype: z.literal('application/json'),
  tenantid: tenantId,
  agentid: id.optional(),
  runid: id.optional(),
  /** Dense per run, from 1. */
  runseq: z.int().positive().optional(),
  traceparent: z.string().optional(),
  /** Of events in an archive: which of its tenant's data keys `data` stands under; absent: 1. */
  datakey: z.int().positive().optional(),
  data: z.json(),
});

export type CloudEvent = z.infer<typeof cloudEvent>;

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENT_DATA, type);
}

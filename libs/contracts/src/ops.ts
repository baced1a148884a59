import { z } from 'zod';
import { runStatus } from './run.ts';
import { id, tenantId, timestamp } from './values.ts';

/** Why a run does not move. */
export const STUCK_REASONS = [
  'waiting_for_person',
  'waiting',
  'timer_overdue',
  'tenant_suspended',
  'engine_too_old',
  'no_worker',
  'no_free_slot',
  'behind_in_lane',
  'not_in_queue',
  'lease_expired',
  'crash_loop',
  'long_step',
] as const;
export type StuckReason = (typeof STUCK_REASONS)[number];

/** An unfinished run that does not move. */
export const stuckRun = z.object({
  run_id: id,
  tenant_id: tenantId,
  agent_id: id,
  status: runStatus,
  reason: z.enum(STUCK_REASONS),
  /** The reason in words. */
  detail: z.string(),
  /** Its last event. */
  since: timestamp,
  waiting_reason: z.string().nullable(),
  next_attempt_at: timestamp.nullable(),
  worker_id: id.nullable(),
  /** Claims in a row that made no progress. */
  idle_claims: z.int(),
});

/** A process that runs runs. */
export const worker = z.object({
  worker_id: id,
  host: z.string(),
  engine_version: z.int(),
  started_at: timestamp,
  lease_until: timestamp,
  /** Since it last renewed its lease. */
  lease_age_ms: z.int(),
  /** Whether its lease has not ended. */
  live: z.boolean(),
  draining: z.boolean(),
  slots: z.int(),
  runs_owned: z.int(),
});

/** Whether a tenant may work. */
export const tenantStanding = z.object({
  tenant_id: tenantId,
  suspended_at: timestamp.nullable(),
  reason: z.string().nullable(),
});

export const consumerName = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'the name of a consumer');
export const deadLetterSequence = z.int().min(1);

/** A dead letter as a list shows it. What its headers do not say is null. */
export const deadLetterSummary = z.object({
  /** Names it. */
  sequence: z.int(),
  stream: z.string(),
  consumer: z.string(),
  subject: z.string().nullable(),
  reason: z.string().nullable(),
  deliveries: z.int().nullable(),
  time: timestamp,
  payload_bytes: z.int(),
  /** The beginning, as text; what is no text shows as �. */
  preview: z.string(),
});

/** A dead letter with all of its payload. */
export const deadLetterWhole = deadLetterSummary.extend({
  traceparent: z.string().nullable(),
  /** Null: it is no text, or too long for one. */
  payload: z.string().nullable(),
  /** Null: over 600 KB. */
  payload_base64: z.string().nullable(),
});

/** One by its number, or those of a consumer, oldest first, up to `limit`. */
export const chosenDeadLetters = {
  sequence: deadLetterSequence.optional(),
  consumer: consumerName.optional(),
  limit: z.int().min(1).max(1000).default(100),
};

export const deadLetterOutcomes = z.object({
  replayed: z.int(),
  failed: z.int(),
  data: z.array(
    z.object({
      sequence: z.int(),
      outcome: z.enum(['replayed', 'failed']),
      /** Why it could not be published. */
      detail: z.string().nullable(),
    }),
  ),
  /** Whether the consumer has more. */
  more: z.boolean(),
});

export type StuckRun = z.infer<typeof stuckRun>;
export type Worker = z.infer<typeof worker>;
export type TenantStanding = z.infer<typeof tenantStanding>;
export type DeadLetterSummary = z.infer<typeof deadLetterSummary>;
export type DeadLetterWhole = z.infer<typeof deadLetterWhole>;
export type DeadLetterOutcomes = z.infer<typeof deadLetterOutcomes>;

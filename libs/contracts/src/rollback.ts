import { z } from 'zod';
import { errorSpec } from './error-spec.ts';
import { microcents, timestamp } from './values.ts';

/**
 * What becomes of the completed effects of a run that fails or is cut: they are compensated, in reverse order, or kept as
 * they are.
 */
export const runOnFailure = z.enum(['compensate', 'keep']);

/** Why a run is rolled back; it is how the run ends. */
export const rollbackCause = z.object({
  status: z.enum(['failed', 'cancelled']),
  error: errorSpec.nullable(),
});

export const COMPENSATION_STATUSES = [
  'planned',
  'pending',
  'running',
  'waiting',
  'failed',
  'succeeded',
  'skipped',
] as const;

/**
 * What undoes a step, and how far that is. `planned`: it would be undone; `waiting`: for its next attempt; `failed`: for a
 * person, who has it tried again or skipped.
 */
export const stepCompensation = z.object({
  skill: z.string(),
  status: z.enum(COMPENSATION_STATUSES),
  attempts: z.int().nonnegative(),
  idempotency_key: z.string().nullable(),
  started_at: timestamp.nullable(),
  finished_at: timestamp.nullable(),
  next_attempt_at: timestamp.nullable(),
  error: errorSpec.nullable(),
  cost_cents: z.number(),
  cost_microcents: microcents,
});

/** How a run is or was rolled back; `steps` in the order in which they are compensated. */
export const runRollback = z.object({
  cause: rollbackCause,
  steps: z.array(z.string()),
  started_at: timestamp,
});

export type RunOnFailure = z.infer<typeof runOnFailure>;
export type RollbackCause = z.infer<typeof rollbackCause>;
export type CompensationStatus = (typeof COMPENSATION_STATUSES)[number];
export type StepCompensation = z.infer<typeof stepCompensation>;

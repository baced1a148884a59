import { z } from 'zod';
import { runStatus } from './run.ts';
import { id, microcents, tenantId, timestamp } from './values.ts';

export const REPLAY_MODES = ['EXACT', 'PARAMETRIC', 'STRESS'] as const;

/** What becomes of steps with side effects in a replay: answered as they were, or done once more. */
export const replayEffects = z.enum(['recorded', 'execute']);

/** Why the journal of a run cannot be judged. */
export const notReplayable = z.enum([
  'journal_incomplete',
  'payload_unreadable',
  'unknown_event',
  'newer_engine',
]);

/** Something the engine does, in the form in which it is compared: `do` says what. */
const deed = z.record(z.string(), z.json());

/** Whether the engine of today would do what the journal says was done. */
export const exactReplay = z.object({
  mode: z.literal('EXACT'),
  run_id: id,
  /** Of the process that began the run; null: it was never begun. */
  engine_version: z.int().nullable(),
  /** Of the process that answers. */
  replayed_by: z.int(),
  /** Read of the journal. */
  events: z.int().nonnegative(),
  /** Of these the engine's own doing. */
  commands: z.int().nonnegative(),
  verdict: z.enum(['identical', 'diverged', 'not_replayable']),
  /** The first event that the engine of today would not have brought about; it would have done one of `expected`. */
  divergence: z.object({ run_seq: z.int().positive(), expected: z.array(deed), found: deed }).nullable(),
  /** Of a journal that cannot be judged. */
  reason: z.object({ code: notReplayable, run_seq: z.int().positive() }).nullable(),
  /** Hex SHA-256 over all that was done, in order: the same for the same journal. */
  sha256: z.string(),
});

/**
 * What becomes of a step in a parametric replay: `taken_over` with its recorded output; `run`, since it has no side effects;
 * `execute`, effects and all; `recorded`, answered as it was; `unrecorded`: it would have to be, but there is no record, so it
 * will fail where it is reached.
 */
export const replayedStep = z.object({
  step_id: z.string(),
  skill: z.string(),
  treatment: z.enum(['taken_over', 'run', 'execute', 'recorded', 'unrecorded']),
  is_changed: z.boolean(),
});

/** A new run made of an old one. */
export const parametricReplay = z.object({
  mode: z.literal('PARAMETRIC'),
  replay_of: id,
  /** Null: it was a dry run. */
  run_id: id.nullable(),
  agent_id: id,
  tenant_id: tenantId,
  status: runStatus.nullable(),
  created_at: timestamp.nullable(),
  replayed: z.boolean(),
  from_step: z.string().nullable(),
  effects: replayEffects,
  reserved_microcents: microcents,
  steps: z.array(replayedStep),
});

export type ReplayEffects = z.infer<typeof replayEffects>;
export type ReplayedStep = z.infer<typeof replayedStep>;
export type NotReplayable = z.infer<typeof notReplayable>;

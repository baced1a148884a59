import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { REPLAY_MODES, exactReplay, parametricReplay, replayEffects } from '../../replay.ts';
import { cents, id, idempotencyKey, skillName, stepId } from '../../values.ts';

/** What is other in a parametric replay than in its run. */
const changes = z.strictObject({
  /** By step; merged into its params as JSON merge patches (RFC 7396), so null takes a field away. */
  params: z.record(stepId, z.record(z.string(), z.json())).optional(),
  /** Of every step that calls a model. */
  model: z.string().min(1).max(200).optional(),
  /** By step: another skill with the same params, as far as `params` does not say otherwise. */
  skills: z.record(stepId, skillName).optional(),
  /** What the new run may cost; default: what its steps usually cost. */
  budget_cents: cents.optional(),
});

/** Replay a run: judge its journal by the engine of today (EXACT), or run it again with changes (PARAMETRIC). */
export const runsReplay = defineCommand({
  subject: 'orchestrator.runs.replay.v1',
  owner: 'orchestrator',
  callers: ['api-gateway', 'eval'],
  summary: 'Replay a run: judge its journal by the engine of today, or run it again with changes',
  input: z.strictObject({
    run_id: id,
    mode: z.enum(REPLAY_MODES),
    /** PARAMETRIC: this step and all that come after it run again, the others are taken over; default: all run again. */
    from_step: stepId.optional(),
    changes: changes.optional(),
    /** PARAMETRIC: default `recorded`, so that a replay repeats no side effect unless it is told to. */
    effects: replayEffects.optional(),
    /** PARAMETRIC: says what would be done; no run is made. */
    dry_run: z.boolean().optional(),
    idempotency_key: idempotencyKey.optional(),
  }),
  output: z.discriminatedUnion('mode', [exactReplay, parametricReplay]),
  errors: [
    'invalid_request',
    'not_found',
    'conflict',
    'egress_denied',
    'idempotency_conflict',
    'budget_exceeded',
    'too_many_open_runs',
    'tenant_suspended',
    'artifact_unavailable',
    'unavailable',
  ],
  timeoutMs: 10_000,
  idempotent: false,
});

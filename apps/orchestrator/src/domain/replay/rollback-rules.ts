import type { EventData } from '@aos/contracts';
import type { RollbackEvent } from '../run/evolve-rollback.ts';
import { isUndoingUndecided, undoingError } from '../run/rollback.ts';
import { callDeed, endDeed, rollBackDeed, type Deed } from './deed.ts';
import { explainedIf, type Explanation } from './explanation.ts';
import { endsOf } from './run-rules.ts';
import { stepIn, type Scene } from './scene.ts';

/** What explains an event of a rollback. */
export function ofRollback(scene: Scene, event: RollbackEvent): Explanation {
  switch (event.type) {
    case 'run.compensating':
      return compensating(scene, event.data);
    case 'tool.call.requested':
      return requested(scene, event.data);
    case 'tool.call.succeeded':
      return succeeded(scene, event.data);
    case 'tool.call.failed':
      return failed(scene, event.data);
    case 'step.resolved': {
      const step = stepIn(scene, event.data.step_id);
      const isOpen = step !== undefined && isUndoingUndecided(step) && event.data.outcome !== 'fail';
      return explainedIf(isOpen, { do: 'decide', ...event.data });
    }
    case 'step.compensated':
      return event.data.status === 'skipped' ? skipped(scene, event.data) : undone(scene, event.data);
  }
}

/** By itself, or because the run was cut; which steps, and in which order, is the engine's own doing. */
function compensating(scene: Scene, data: EventData<'run.compensating'>): Explanation {
  const begins = endsOf(scene, data.cause).filter((command) => command.type === 'roll-back');
  return { found: rollBackDeed(data), allowed: begins.map((command) => rollBackDeed(command.data)) };
}

function requested(scene: Scene, data: EventData<'tool.call.requested'>): Explanation {
  const { step_id, skill, attempt, timeout_ms, idempotency_key } = data;
  const found: Deed = { do: 'undo', step_id, skill, attempt, timeout_ms, idempotency_key };
  const call = scene.offered.get(step_id);
  if (call === undefined || (call.intent !== null && !call.intent.isRepeatWanted))
    return { found, allowed: [] };
  return { found, allowed: [callDeed(call, call.intent?.idempotencyKey ?? idempotency_key)] };
}

function succeeded(
  scene: Scene,
  { step_id, attempt, ...data }: EventData<'tool.call.succeeded'>,
): Explanation {
  const intent = stepIn(scene, step_id)?.compensation?.intent;
  const end = (of: number, idempotency_key: string) =>
    endDeed('succeeded', { step_id, attempt: of }, { idempotency_key });
  const found = end(attempt, data.idempotency_key);
  return { found, allowed: intent ? [end(intent.attempt, intent.idempotencyKey)] : [] };
}

function failed(
  scene: Scene,
  { step_id, attempt, error, next_attempt_at }: EventData<'tool.call.failed'>,
): Explanation {
  const end = (of: number, is_repeated: boolean) =>
    endDeed('failed', { step_id, attempt: of }, { is_repeated });
  const found = end(attempt, next_attempt_at !== null);
  const call = scene.offered.get(step_id);
  if (call === undefined) return { found, allowed: [] };
  const attempts = call.attempt - (call.undoing?.attemptsBefore ?? 0);
  const isLast = !error.retryable || attempts >= call.step.retry.maximum_attempts;
  // A call that may have had its effect and is not harmless to repeat is not; one refused before it began is.
  const isHarmless = stepIn(scene, step_id)?.compensation?.intent?.isIdempotent !== false;
  const repeats = isLast ? [false] : isHarmless ? [true] : [false, true];
  return { found, allowed: repeats.map((isRepeated) => end(call.attempt, isRepeated)) };
}

function undone(scene: Scene, { step_id, attempts }: EventData<'step.compensated'>): Explanation {
  const call = scene.offered.get(step_id);
  const isOpen = stepIn(scene, step_id)?.compensation?.intent !== null;
  const found = endDeed('succeeded', { step_id, attempt: attempts });
  if (call === undefined || isOpen) return { found, allowed: [] };
  return { found, allowed: [endDeed('succeeded', { step_id, attempt: call.attempt })] };
}

/** With the decision that it stays as it is. */
function skipped(
  { previous, ...scene }: Scene,
  { step_id, error }: EventData<'step.compensated'>,
): Explanation {
  const step = stepIn({ previous, ...scene }, step_id);
  const isDecided =
    previous?.type === 'step.resolved' &&
    previous.data.step_id === step_id &&
    previous.data.outcome === 'skip';
  const leave = (why: unknown): Deed => ({ do: 'leave', step_id, error: why });
  return { found: leave(error), allowed: isDecided && step !== undefined ? [leave(undoingError(step))] : [] };
}

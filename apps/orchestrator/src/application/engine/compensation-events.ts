import type { EventData } from '@aos/contracts';
import type { NewRunEvent } from '../../domain/run/state.ts';
import { eventsOfFiles, spentFields, type EndedAttempt } from './attempt-events.ts';

/** What the journal says of an attempt at undoing a step. After the last that failed a person decides. */
export function eventsOfUndoing({
  command,
  attempt,
  startedAt,
  nextAttemptAt,
  time,
}: EndedAttempt): NewRunEvent[] {
  const { step_id, skill } = command.step;
  const { outcome, idempotencyKey, latencyMs: latency_ms } = attempt;
  const call = { step_id, skill, attempt: command.attempt, latency_ms, compensates: step_id };
  const spent = spentFields(attempt.spend);
  if (!outcome.ok) {
    const data = { ...call, error: outcome.error, next_attempt_at: nextAttemptAt, ...spent };
    return [{ type: 'tool.call.failed', time, data }];
  }
  const told: NewRunEvent[] =
    idempotencyKey === null
      ? []
      : [{ type: 'tool.call.succeeded', time, data: { ...call, idempotency_key: idempotencyKey } }];
  const undone: EventData<'step.compensated'> = {
    step_id,
    skill,
    status: 'succeeded',
    attempts: command.attempt,
    error: null,
    started_at: startedAt,
    latency_ms,
    ...spent,
  };
  return [
    ...eventsOfFiles(step_id, attempt, time),
    ...told,
    { type: 'step.compensated', time, data: undone },
  ];
}

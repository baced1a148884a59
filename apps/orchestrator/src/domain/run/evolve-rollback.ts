import type { EventData } from '@aos/contracts';
import { charged, toStatus, toStepStatus, withStep } from './state-changes.ts';
import {
  COMPENSATION_TRANSITIONS,
  type CompensationState,
  type RunEvent,
  type RunState,
  type StepState,
} from './state.ts';

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** Calls and decisions that undo a step look like those of the step itself, but for this. */
interface Compensating {
  data: { compensates: string };
}

export type RollbackEvent =
  | EventOf<'run.compensating'>
  | EventOf<'step.compensated'>
  | (EventOf<'tool.call.requested' | 'tool.call.succeeded' | 'tool.call.failed' | 'step.resolved'> &
      Compensating);

export function isOfRollback(event: RunEvent): event is RollbackEvent {
  return (
    event.type === 'run.compensating' ||
    event.type === 'step.compensated' ||
    ('compensates' in event.data && event.data.compensates !== undefined)
  );
}

const UNTOUCHED: CompensationState = {
  status: 'pending',
  attempts: 0,
  attemptsBefore: 0,
  intent: null,
  idempotencyKey: null,
  startedAt: null,
  finishedAt: null,
  nextAttemptAt: null,
  error: null,
  costMicrocents: 0,
  inputTokens: 0,
  outputTokens: 0,
};

/** One event of a rollback further. */
export function evolveRollback(state: RunState, event: RollbackEvent): RunState {
  switch (event.type) {
    case 'run.compensating':
      return begun(state, event.data, event.time);
    case 'tool.call.requested':
      return change(state, event.data, (undoing) => requested(undoing, event.data, event.time));
    case 'tool.call.succeeded':
      return change(state, event.data, (undoing) => ({ ...undoing, intent: null }));
    case 'tool.call.failed':
      return change(charged(state, event.data), event.data, (undoing) =>
        attemptFailed(undoing, event.data, event.time),
      );
    case 'step.resolved':
      return change(state, event.data, (undoing) => resolved(undoing, event.data));
    case 'step.compensated':
      return compensated(state, event.data, event.time);
  }
}

/** A run that was not at work is so from now on. */
function begun(state: RunState, { cause, steps }: EventData<'run.compensating'>, time: string): RunState {
  const running = state.status === 'running' ? state : toStatus(state, 'running');
  const rollback = { cause, steps, startedAt: time };
  const begunState = { ...running, rollback, waitingReason: null, nextAttemptAt: null };
  return steps.reduce<RunState>(
    (next, stepId) => withStep(next, stepId, (step) => ({ ...step, compensation: UNTOUCHED })),
    begunState,
  );
}

function requested(
  undoing: CompensationState,
  data: EventData<'tool.call.requested'>,
  time: string,
): CompensationState {
  return {
    ...toCompensationStatus(undoing, 'running'),
    startedAt: undoing.startedAt ?? time,
    nextAttemptAt: null,
    idempotencyKey: data.idempotency_key,
    intent: {
      attempt: data.attempt,
      idempotencyKey: data.idempotency_key,
      isIdempotent: data.idempotent,
      timeoutMs: data.timeout_ms,
      isRepeatWanted: false,
    },
  };
}

/** After the last attempt it waits for a person. */
function attemptFailed(
  undoing: CompensationState,
  data: EventData<'tool.call.failed'>,
  time: string,
): CompensationState {
  return {
    ...charged(toCompensationStatus(undoing, data.next_attempt_at === null ? 'failed' : 'waiting'), data),
    attempts: data.attempt,
    intent: null,
    startedAt: undoing.startedAt ?? time,
    nextAttemptAt: data.next_attempt_at,
    error: data.error,
  };
}

/** A skip is told by the compensation's end. */
function resolved(undoing: CompensationState, { outcome }: EventData<'step.resolved'>): CompensationState {
  if (outcome !== 'retry') return undoing;
  const again = { ...undoing, attemptsBefore: undoing.attempts };
  return undoing.intent === null
    ? toCompensationStatus(again, 'pending')
    : { ...again, intent: { ...undoing.intent, isRepeatWanted: true } };
}

function compensated(state: RunState, data: EventData<'step.compensated'>, time: string): RunState {
  const next = change(charged(state, data), { compensates: data.step_id }, (undoing) => ({
    ...charged(toCompensationStatus(undoing, data.status), data),
    attempts: data.attempts,
    intent: null,
    startedAt: data.started_at,
    finishedAt: time,
    nextAttemptAt: null,
    error: data.error,
  }));
  if (data.status === 'skipped') return next;
  return withStep(next, data.step_id, (step) => toStepStatus(step, 'compensated'));
}

function change(
  state: RunState,
  { compensates }: { compensates: string },
  to: (undoing: CompensationState) => CompensationState,
): RunState {
  return withStep(state, compensates, (step) => ({ ...step, compensation: to(undoingOf(step)) }));
}

function undoingOf({ plan, compensation }: StepState): CompensationState {
  if (compensation === null)
    throw new Error(`the journal undoes a step that is not to be undone: ${plan.step_id}`);
  return compensation;
}

function toCompensationStatus(
  undoing: CompensationState,
  status: CompensationState['status'],
): CompensationState {
  if (!COMPENSATION_TRANSITIONS[undoing.status].includes(status))
    throw new Error(`compensation: ${undoing.status} → ${status} is no transition`);
  return { ...undoing, status };
}

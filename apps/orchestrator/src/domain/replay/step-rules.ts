import type { ErrorSpec, EventData } from '@aos/contracts';
import type { CallCommand } from '../run/command.ts';
import { isOutcomeUnknown, lateness, unknownOutcome } from '../run/decide.ts';
import type { StepState } from '../run/state.ts';
import { callDeed, closeDeed, endDeed, type Deed } from './deed.ts';
import { explained, explainedIf, type Explanation } from './explanation.ts';
import { stepIn, type Scene } from './scene.ts';

/** An intent is announced once, and again where a person wants the call repeated. */
export function callRequested(scene: Scene, data: EventData<'tool.call.requested'>): Explanation {
  const call = scene.offered.get(data.step_id);
  const { step_id, skill, attempt, timeout_ms, idempotency_key } = data;
  const found: Deed = { do: 'call', step_id, skill, attempt, timeout_ms, idempotency_key };
  if (call === undefined || (call.intent !== null && !call.intent.isRepeatWanted))
    return { found, allowed: [] };
  const key = call.intent?.idempotencyKey ?? scene.keyOf(scene.state, call.step) ?? idempotency_key;
  return { found, allowed: [callDeed(call, key)] };
}

/** The result of an effect that was announced, under its key. */
export function callSucceeded(scene: Scene, data: EventData<'tool.call.succeeded'>): Explanation {
  const intent = stepIn(scene, data.step_id)?.intent;
  const found = endDeed('succeeded', data, { idempotency_key: data.idempotency_key });
  if (!intent) return { found, allowed: [] };
  const { attempt, idempotencyKey } = intent;
  const announced = { step_id: data.step_id, attempt };
  return { found, allowed: [endDeed('succeeded', announced, { idempotency_key: idempotencyKey })] };
}

/** When it is tried again is drawn; whether it is, is not. */
export function callFailed(scene: Scene, data: EventData<'tool.call.failed'>): Explanation {
  const { step_id, attempt, error, next_attempt_at: nextAttemptAt } = data;
  const found = endDeed('failed', { step_id, attempt }, { is_repeated: nextAttemptAt !== null });
  const call = scene.offered.get(step_id);
  if (call === undefined) return { found, allowed: [] };
  const ended = { step_id, attempt: call.attempt };
  const allowed = repeatsOf(scene, call, error).map((is_repeated) =>
    endDeed('failed', ended, { is_repeated }),
  );
  return { found, allowed };
}

function repeatsOf(scene: Scene, { step, attempt }: CallCommand, error: ErrorSpec): boolean[] {
  if (!error.retryable || attempt >= step.retry.maximum_attempts) return [false];
  const intent = stepIn(scene, step.step_id)?.intent;
  // A call that may have had its effect and is not harmless to repeat is not; one refused before it began is.
  return intent?.isIdempotent === false ? [false, intent.isRepeatWanted] : [true];
}

/** Of a run that replays another it is said beforehand what was in that one. */
function isBefore({ state }: Scene): boolean {
  return state.replayOf !== undefined && state.startedAt === null;
}

export function stepRecorded(scene: Scene, data: EventData<'step.recorded'>): Explanation {
  return explainedIf(isBefore(scene), { do: 'submit recording', step_id: data.step_id });
}

/** A file is kept by a call under way. */
export function artifactCreated(scene: Scene, data: EventData<'artifact.created'>): Explanation {
  if (isBefore(scene)) return explained({ do: 'submit file', step_id: data.step_id });
  const attempt = scene.offered.get(data.step_id)?.attempt;
  return explainedIf(
    attempt !== undefined,
    endDeed('kept', { step_id: data.step_id, attempt: attempt ?? 0 }),
  );
}

/** A skill may take a file away again; which, is its affair. */
export function artifactRemoved({ offered }: Scene, data: EventData<'artifact.removed'>): Explanation {
  return explainedIf(offered.has(data.step_id), { do: 'call removed', ...data });
}

/** A person decides where only a person can. */
export function stepResolved(scene: Scene, data: EventData<'step.resolved'>): Explanation {
  const step = stepIn(scene, data.step_id);
  return explainedIf(step !== undefined && isOutcomeUnknown(step), { do: 'decide', ...data });
}

export function stepFinished(scene: Scene, data: EventData<'step.finished'>): Explanation {
  const { step_id, status, attempts, error } = data;
  if (data.recorded === true && isBefore(scene)) return explained({ do: 'submit end', step_id, status });
  if (status === 'succeeded') {
    const call = scene.offered.get(step_id);
    const isOpen = stepIn(scene, step_id)?.intent !== null;
    const found = endDeed('succeeded', { step_id, attempt: attempts }, recorded(data.recorded, data.output));
    if (call === undefined || isOpen) return { found, allowed: [] };
    const recording = stepIn(scene, step_id)?.recording;
    const answer = recorded(data.recorded, recording?.output);
    return { found, allowed: [endDeed('succeeded', { step_id, attempt: call.attempt }, answer)] };
  }
  const step = stepIn(scene, step_id);
  const allowed = step === undefined ? [] : closingsOf(scene, step, data);
  return { found: { ...closeDeed(step_id, status, error), attempts }, allowed };
}

/** An answer out of the record is the one recorded. */
function recorded(isRecorded: true | undefined, output: unknown): Record<string, unknown> {
  return isRecorded === true ? { recorded: output } : {};
}

/** How a step may end other than well. */
function closingsOf(scene: Scene, step: StepState, data: EventData<'step.finished'>): Deed[] {
  const attempts = step.intent?.attempt ?? step.attempts;
  const close = (status: string, error: unknown): Deed => ({
    ...closeDeed(data.step_id, status, error),
    attempts,
  });
  return [
    ...afterLastAttempt(scene, step).map((error) => close('failed', error)),
    ...afterDecision(scene, step).map(([status, error]) => close(status, error)),
    ...scene.commands.flatMap((command) =>
      command.type === 'close-step' && command.step.plan.step_id === data.step_id
        ? [close(command.status, command.error)]
        : [],
    ),
    ...cutError(scene, step, data).map((error) => close('cancelled', error)),
  ];
}

/** With the attempt that was its last. */
function afterLastAttempt({ previous }: Scene, step: StepState): (ErrorSpec | null)[] {
  if (previous?.type !== 'tool.call.failed') return [];
  const { step_id, next_attempt_at: nextAttemptAt } = previous.data;
  return step_id === step.plan.step_id && nextAttemptAt === null ? [step.error] : [];
}

function afterDecision({ previous }: Scene, step: StepState): [string, ErrorSpec | null][] {
  if (previous?.type !== 'step.resolved' || previous.data.step_id !== step.plan.step_id) return [];
  if (previous.data.outcome === 'skip') return [['skipped', null]];
  return previous.data.outcome === 'fail' ? [['failed', unknownOutcome(step)]] : [];
}

/** The run was cut, which comes from outside; what the step says of it is either that or that its effect may have happened. */
function cutError(scene: Scene, step: StepState, { status, error }: EventData<'step.finished'>): unknown[] {
  const isBegun = step.status === 'running' || step.status === 'waiting';
  if (status !== 'cancelled' || !(isBegun || scene.offered.has(step.plan.step_id))) return [];
  if (error?.code === 'run_cancelled') return [error];
  const { deadline } = scene.state;
  return deadline === null || (step.intent !== null && step.awaits === null)
    ? []
    : [lateness(deadline).error];
}

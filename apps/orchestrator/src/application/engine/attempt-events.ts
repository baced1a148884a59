import { errorOf, type ErrorSpec, type EventData } from '@aos/contracts';
import type { CallCommand } from '../../domain/run/command.ts';
import type { NewRunEvent, StepState } from '../../domain/run/state.ts';
import type { Spend } from '../../domain/skill/skill.ts';
import type { Attempt } from './tool-adapter.ts';

/** An attempt of a step and what the journal must know beside it. */
export interface EndedAttempt {
  command: CallCommand;
  attempt: Attempt;
  /** Of the step's first attempt. */
  startedAt: string;
  /** Null: a failed attempt was the last. */
  nextAttemptAt: string | null;
  time: string;
}

/** What the journal says of an attempt that ended. Its cost stands in one of the events. */
export function eventsOfAttempt({ command, attempt, ...facts }: EndedAttempt): NewRunEvent[] {
  const { startedAt, nextAttemptAt, time } = facts;
  const call = { step_id: command.step.step_id, skill: command.step.skill, attempt: command.attempt };
  const { outcome, idempotencyKey } = attempt;
  const latency = { latency_ms: attempt.latencyMs };
  const step = {
    step_id: call.step_id,
    skill: call.skill,
    attempts: call.attempt,
    started_at: startedAt,
    ...latency,
    ...(attempt.isRecorded === true ? { recorded: true as const } : {}),
  };
  const spent = spentFields(attempt.spend);
  if (outcome.ok) {
    const { output, outputArtifact } = outcome.value;
    const kept = outputArtifact === null ? {} : { output_artifact: outputArtifact };
    const { compensation } = attempt;
    const undone = compensation === null ? {} : { compensation };
    const files = eventsOfFiles(call.step_id, attempt, time);
    const finished: NewRunEvent = {
      type: 'step.finished',
      time,
      data: { ...step, status: 'succeeded', output, ...kept, ...undone, error: null, ...spent },
    };
    if (idempotencyKey === null) return [...files, finished];
    const data = { ...call, ...latency, idempotency_key: idempotencyKey };
    return [...files, { type: 'tool.call.succeeded', time, data }, finished];
  }
  const { error } = outcome;
  const failed: NewRunEvent = {
    type: 'tool.call.failed',
    time,
    data: { ...call, ...latency, error, next_attempt_at: nextAttemptAt, ...spent },
  };
  if (nextAttemptAt !== null) return [failed];
  const last = { ...step, status: 'failed' as const, output: null, error, cost_microcents: 0 };
  return [failed, { type: 'step.finished', time, data: last }];
}

/** What a call that succeeded did with the files of its run. */
export function eventsOfFiles(stepId: string, { files, dropped }: Attempt, time: string): NewRunEvent[] {
  return [
    ...files.map((artifact): NewRunEvent => ({
      type: 'artifact.created',
      time,
      data: { step_id: stepId, artifact },
    })),
    ...dropped.map((artifact): NewRunEvent => ({
      type: 'artifact.removed',
      time,
      data: { step_id: stepId, artifact },
    })),
  ];
}

/** A step that ends without a call that ends it. */
interface Closing {
  step: StepState;
  status: 'cancelled' | 'failed';
  error: ErrorSpec;
}

/** How a step ends whose run was cut or has failed; `spend` is what the call under way had cost so far. */
export function closedStep({ step, status, error }: Closing, spend: Spend): EventData<'step.finished'> {
  return {
    step_id: step.plan.step_id,
    skill: step.plan.skill,
    status,
    attempts: step.intent?.attempt ?? step.attempts,
    output: null,
    error:
      step.intent === null || step.awaits !== null
        ? error
        : errorOf('run_cancelled', 'cut while its call was under way; the effect may have happened'),
    started_at: step.startedAt,
    latency_ms: 0,
    ...spentFields(spend),
  };
}

/** What was spent, as events say it. */
export function spentFields({ costMicrocents, inputTokens, outputTokens }: Spend) {
  return { cost_microcents: costMicrocents, input_tokens: inputTokens, output_tokens: outputTokens };
}

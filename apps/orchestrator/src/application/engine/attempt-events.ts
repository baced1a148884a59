import { errorOf, type ErrorSpec, type EventData } from '@aos/contracts';
import { isOutcomeUnknown, unknownOutcome, type Command } from '../../domain/run/decide.ts';
import type { NewRunEvent, StepState } from '../../domain/run/state.ts';
import type { Spend } from '../../domain/skill/skill.ts';
import type { Decision, PlannedSteps } from './ports.ts';
import type { Attempt } from './tool-adapter.ts';

/** An attempt of a step and what the journal must know beside it. */
interface EndedAttempt {
  command: Extract<Command, { type: 'call' }>;
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
  };
  const spent = spentFields(attempt.spend);
  if (outcome.ok) {
    const { output, outputArtifact } = outcome.value;
    const kept = outputArtifact === null ? {} : { output_artifact: outputArtifact };
    const files = attempt.files.map((artifact): NewRunEvent => ({
      type: 'artifact.created',
      time,
      data: { step_id: call.step_id, artifact },
    }));
    const finished: NewRunEvent = {
      type: 'step.finished',
      time,
      data: { ...step, status: 'succeeded', output, ...kept, error: null, ...spent },
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

/** A plan as the journal has it; the tokens stand in its metadata. */
export function createdPlan(
  { steps, planner, model, reasoning }: PlannedSteps,
  { planId, spend, latencyMs }: { planId: string; spend: Spend; latencyMs: number },
): EventData<'plan.created'> {
  const { cost_microcents, ...tokens } = spentFields(spend);
  const metadata = { planner, model, reasoning, ...tokens, latency_ms: latencyMs };
  return { plan_id: planId, metadata, steps, cost_microcents };
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
      step.intent === null
        ? error
        : errorOf('run_cancelled', 'cut while its call was under way; the effect may have happened'),
    started_at: step.startedAt,
    latency_ms: 0,
    ...spentFields(spend),
  };
}

/** What a person decided about a step; nothing where its outcome is known meanwhile. */
export function eventsOfDecision(
  step: StepState | undefined,
  { stepId, outcome }: Decision,
  time: string,
): NewRunEvent[] {
  if (step === undefined || !isOutcomeUnknown(step)) return [];
  const said: NewRunEvent = { type: 'step.resolved', time, data: { step_id: stepId, outcome } };
  if (outcome === 'retry') return [said];
  const ended: NewRunEvent = {
    type: 'step.finished',
    time,
    data: {
      step_id: stepId,
      skill: step.plan.skill,
      status: outcome === 'skip' ? 'skipped' : 'failed',
      attempts: step.intent?.attempt ?? step.attempts,
      output: null,
      error: outcome === 'skip' ? null : unknownOutcome(step),
      started_at: step.startedAt,
      latency_ms: 0,
      cost_microcents: 0,
    },
  };
  return [said, ended];
}

/** What was spent, as events say it. */
export function spentFields({ costMicrocents, inputTokens, outputTokens }: Spend) {
  return { cost_microcents: costMicrocents, input_tokens: inputTokens, output_tokens: outputTokens };
}

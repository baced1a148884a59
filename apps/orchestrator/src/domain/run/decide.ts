import { centsOf, errorOf, type ErrorSpec, type EventData, type PlanStep } from '@aos/contracts';
import { evolve } from './evolve.ts';
import { isTerminal, type OpenIntent, type RunEvent, type RunState, type StepState } from './state.ts';

/** What is to be done next. The performer adds what is not pure: time, ids, results. */
export type Command =
  /** Journal that the run has started, or is worked on again after waiting. */
  | { type: 'start' }
  | { type: 'resume' }
  /** Ask for a plan, not before `notBefore` (a long wait gives the slot back). */
  | { type: 'plan'; attempt: number; notBefore: string | null }
  /**
   * Make an attempt of a step, not before `notBefore` (a long wait gives the slot back).
   * `intent` is given where one is already journalled: it is not announced again.
   */
  | { type: 'call'; step: PlanStep; attempt: number; intent: OpenIntent | null; notBefore: string | null }
  /** Give the slot back until a person decides. */
  | { type: 'park'; reason: string; error: ErrorSpec }
  /** Close a step that was cut. */
  | { type: 'close-step'; step: StepState; error: ErrorSpec }
  | { type: 'finish'; data: EventData<'run.finished'> };

/** Of a run without steps. */
const NO_OUTPUT = { output: null, outputArtifact: null };

interface Decision {
  state: RunState;
  commands: Command[];
}

/** The engine: a pure function of the journal. Clock, ids, randomness and results enter as events. */
export function decide(state: RunState, event: RunEvent): Decision {
  const next = evolve(state, event);
  return { state: next, commands: commandsFor(next) };
}

/** What a run in this state does next. Steps go in the plan's order, one at a time. */
export function commandsFor(state: RunState): Command[] {
  if (isTerminal(state.status)) return [];
  if (state.status === 'queued') return [{ type: 'start' }];
  if (state.status === 'waiting') return [{ type: 'resume' }];
  if (state.plan === null) return [nextForPlan(state)];
  const current = currentStep(state);
  if (current === undefined) return [finish(state, 'succeeded', { ...lastOutput(state), error: null })];
  return [nextForStep(state, current)];
}

/** A cancelled run closes the step at work and ends; steps not begun are never begun. */
export function commandsOnCancel(state: RunState, reason: string | undefined): Command[] {
  if (isTerminal(state.status)) return [];
  const error = cancellation(reason);
  const open = Object.values(state.steps).filter(
    ({ status }) => status === 'running' || status === 'waiting',
  );
  const closing = open.map((step): Command => ({ type: 'close-step', step, error }));
  return [...closing, finish(state, 'cancelled', { output: null, error })];
}

/** Why what a cancelled run was doing has ended. */
export function cancellation(reason: string | undefined): ErrorSpec {
  return errorOf('run_cancelled', reason ?? 'cancelled on request');
}

/** A run on which worker after worker dies is taken out of the way. */
export function commandsOnCrashLoop(state: RunState): Command[] {
  if (isTerminal(state.status)) return [];
  const error = errorOf(
    'worker_crash_loop',
    'the processes that worked on this run ended without getting on with it',
  );
  const park: Command = { type: 'park', reason: 'worker_crash_loop', error };
  if (state.status === 'running') return [park];
  return [{ type: state.status === 'queued' ? 'start' : 'resume' }, park];
}

/** A run without a plan asks for one until it has one or the last attempt has failed. */
function nextForPlan(state: RunState): Command {
  const { attempts, nextAttemptAt, error } = state.planning;
  if (error !== null && nextAttemptAt === null) return finish(state, 'failed', { output: null, error });
  return { type: 'plan', attempt: attempts + 1, notBefore: nextAttemptAt };
}

function nextForStep(state: RunState, step: StepState): Command {
  if (step.status === 'failed') {
    return finish(state, 'failed', { output: null, error: step.error });
  }
  if (state.stepsFinished >= state.maxSteps) {
    const error = errorOf('max_steps_exceeded', `the run may take ${state.maxSteps} steps`);
    return finish(state, 'failed', { output: null, error });
  }
  if (step.intent !== null) return afterLostCall(step.plan, step.intent);
  return {
    type: 'call',
    step: step.plan,
    attempt: step.attempts + 1,
    intent: null,
    notBefore: step.nextAttemptAt,
  };
}

/**
 * An intent without a result: its process was lost, so its effect may have happened. An idempotent call is repeated with
 * the same key, any other waits for a person, since no skill here can be asked what became of it.
 */
function afterLostCall(step: PlanStep, intent: OpenIntent): Command {
  if (intent.isIdempotent) return { type: 'call', step, attempt: intent.attempt, intent, notBefore: null };
  const error = errorOf(
    'unknown_outcome',
    `the process was lost during step ${step.step_id}; whether its effect happened is not known`,
  );
  return { type: 'park', reason: 'unknown_outcome', error };
}

/** The first step, in the plan's order, that has not succeeded. */
function currentStep(state: RunState): StepState | undefined {
  for (const { step_id } of state.plan?.steps ?? []) {
    const step = state.steps[step_id];
    if (step !== undefined && step.status !== 'succeeded') return step;
  }
  return undefined;
}

function lastOutput(state: RunState): Pick<EventData<'run.finished'>, 'output' | 'output_artifact'> {
  const last = state.plan?.steps.at(-1);
  const { output, outputArtifact } = (last && state.steps[last.step_id]) ?? NO_OUTPUT;
  return outputArtifact === null ? { output } : { output, output_artifact: outputArtifact };
}

function finish(
  state: RunState,
  status: EventData<'run.finished'>['status'],
  outcome: Pick<EventData<'run.finished'>, 'output' | 'output_artifact' | 'error'>,
): Command {
  return {
    type: 'finish',
    data: {
      status,
      ...outcome,
      cost_microcents: state.costMicrocents,
      cost_cents: centsOf(state.costMicrocents),
      steps_finished: state.stepsFinished,
      input_tokens: state.inputTokens,
      output_tokens: state.outputTokens,
    },
  };
}

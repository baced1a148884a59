import { errorOf, type ErrorSpec, type EventData, type Plan, type RunOnFailure } from '@aos/contracts';
import { isReviewDue, lastSuccess, type Ending } from './adaptive.ts';
import type { Command } from './command.ts';
import { mayHaveChild } from './children.ts';
import { endOf } from './end-run.ts';
import { rollbackCommands } from './rollback.ts';
import { isTerminal, type RunState, type StepState } from './state.ts';
import { begunFirst, isForMessage, waitingCall } from './waiting.ts';

/** Of a run without steps. */
const NO_OUTPUT = { output: null, outputArtifact: null };

const NONE: ReadonlySet<string> = new Set();

/**
 * The engine: what a run in this state does next, a pure function of its journal. Clock, ids, randomness and results enter
 * as events. `inFlight` are the steps whose calls this process has under way: all others that can be called are.
 */
export function commandsFor(state: RunState, inFlight: ReadonlySet<string> = NONE): Command[] {
  if (isTerminal(state.status)) return [];
  if (state.status !== 'running') return [beginning(state)];
  if (state.rollback !== null) return rollbackCommands(state, inFlight);
  if (state.plan === null) return [nextForPlan(state)];
  const { adaptive } = state;
  if (adaptive?.ending) return [endAs(state, adaptive.ending)];
  const idle = idleSteps(state, state.plan, inFlight);
  if (isReviewDue(state, idle.length + inFlight.size)) return review(state, idle, inFlight);
  if (state.failedStep !== null) return comeToEnd(state, idle, inFlight);
  const callable = idle.filter((step) => canBeCalled(step, state));
  if (callable.length > 0) return callsWithin(state, callable, inFlight.size);
  if (inFlight.size > 0) return [];
  return [parkOrElse(idle, endOf(state, { status: 'succeeded', ...lastOutput(state), error: null }))];
}

/** A run that waited for its time to begin has not started yet. */
function beginning({ startedAt, startAt }: RunState): Command {
  return startedAt === null ? { type: 'start', notBefore: startAt } : { type: 'resume' };
}

/** Why a run ends before its steps do. */
export interface Cut {
  status: 'cancelled' | 'failed';
  error: ErrorSpec;
  /** Who cuts may say what becomes of completed effects. */
  onFailure?: RunOnFailure | undefined;
}

export function cancellation(reason: string | undefined, onFailure?: RunOnFailure): Cut {
  const error = errorOf('run_cancelled', reason ?? 'cancelled on request');
  return { status: 'cancelled', error, onFailure };
}

export function lateness(deadline: string): Cut {
  const error = errorOf('deadline_exceeded', `the run was cut at its deadline, ${deadline}`);
  return { status: 'failed', error: { ...error, retryable: false, owner: 'caller' } };
}

/** A run that is cut ends its children, closes the steps at work and comes to its end; steps not begun are never begun. */
export function commandsOnCut(state: RunState, { status, error, onFailure }: Cut): Command[] {
  if (isTerminal(state.status)) return [];
  const open = Object.values(state.steps).filter(
    ({ status }) => status === 'running' || status === 'waiting',
  );
  const parents = open.filter(mayHaveChild);
  if (parents.length > 0) return state.status === 'waiting' ? [beginning(state)] : parents.map(callOf);
  const closing = open.map((step): Command => ({ type: 'close-step', step, status: 'cancelled', error }));
  return [...closing, endOf(state, { status, output: null, error }, onFailure)];
}

/** A run on which worker after worker dies is taken out of the way. */
export function commandsOnCrashLoop(state: RunState): Command[] {
  if (isTerminal(state.status)) return [];
  const error = errorOf(
    'worker_crash_loop',
    'the processes that worked on this run ended without getting on with it',
  );
  const park: Command = { type: 'park', reason: 'worker_crash_loop', error };
  return state.status === 'running' ? [park] : [beginning(state), park];
}

/** A run without a plan asks for one until it has one or the last attempt has failed. */
function nextForPlan(state: RunState): Command {
  const { attempts, nextAttemptAt, error } = state.planning;
  if (error !== null && nextAttemptAt === null)
    return endOf(state, { status: 'failed', output: null, error });
  return { type: 'plan', attempt: attempts + 1, notBefore: nextAttemptAt };
}

/**
 * Before the planner of an adaptive run is asked, what was begun comes to its end: so all it is told of has ended, and
 * what it may change has not begun.
 */
function review(state: RunState, idle: readonly StepState[], inFlight: ReadonlySet<string>): Command[] {
  const begun = idle.filter(({ status }) => status !== 'pending');
  const callable = begun.filter((step) => !isOutcomeUnknown(step));
  if (callable.length > 0 || inFlight.size > 0) return callable.map(callOf);
  return [parkOrElse(begun, nextForPlan(state))];
}

/** As the planner said. */
function endAs(state: RunState, { decision, output, output_artifact, error }: Ending): Command {
  if (decision === 'give_up') return endOf(state, { status: 'failed', output: null, error });
  const isGiven = output !== null || output_artifact !== undefined;
  const given = isGiven ? { output, ...(output_artifact && { output_artifact }) } : lastOutput(state);
  return endOf(state, { status: 'succeeded', ...given, error });
}

/** Steps that are not over and not under way here, in the plan's order. */
function idleSteps(state: RunState, plan: Plan, inFlight: ReadonlySet<string>): StepState[] {
  return plan.steps.flatMap(({ step_id }) => {
    const step = state.steps[step_id];
    return step === undefined || isOver(step) || inFlight.has(step_id) ? [] : [step];
  });
}

/** A failed step is over, too: where its failure ends the run, the run says so. */
function isOver({ status }: StepState): boolean {
  return status !== 'pending' && status !== 'running' && status !== 'waiting';
}

function canBeCalled(step: StepState, { steps }: RunState): boolean {
  if (isOutcomeUnknown(step)) return false;
  return step.plan.depends_on.every((id) => {
    const before = steps[id];
    return before === undefined || isOver(before);
  });
}

/**
 * An intent without a result: its process was lost, so its effect may have happened. An idempotent call is repeated with
 * the same key, any other waits for a person, since no skill here can be asked what became of it.
 */
export function isOutcomeUnknown({ intent }: StepState): boolean {
  return intent !== null && !intent.isIdempotent && !intent.isRepeatWanted;
}

function callsWithin(state: RunState, callable: readonly StepState[], inFlight: number): Command[] {
  const left = state.maxSteps - state.stepsFinished - inFlight;
  if (left > 0) return begunFirst(callable).slice(0, left).map(callOf);
  if (inFlight > 0) return [];
  const error = errorOf('max_steps_exceeded', `the run may take ${state.maxSteps} steps`);
  return [endOf(state, { status: 'failed', output: null, error })];
}

function callOf(begun: StepState): Command {
  const { plan: step, intent, attempts, nextAttemptAt } = begun;
  const attempt = intent?.attempt ?? attempts + 1;
  const notBefore = intent === null ? nextAttemptAt : null;
  return waitingCall(begun) ?? { type: 'call', step, attempt, intent, notBefore, undoing: null };
}

/**
 * A run that has failed begins nothing more. What was begun is awaited: calls under way here, and those of lost processes,
 * which are repeated or wait for a person. A step between two attempts has failed with the last.
 */
function comeToEnd(state: RunState, idle: readonly StepState[], inFlight: ReadonlySet<string>): Command[] {
  const begun = idle.filter((step) => step.intent !== null && !isOutcomeUnknown(step) && !isForMessage(step));
  if (begun.length > 0 || inFlight.size > 0) return begun.map(callOf);
  const failed = state.failedStep === null ? undefined : state.steps[state.failedStep];
  const end = endOf(state, { status: 'failed', output: null, error: failed?.error ?? null });
  const next = parkOrElse(idle, end);
  if (next !== end) return [next];
  return [...idle.flatMap(closingOf), end];
}

/** How a step ends that was begun and is not tried again. */
function closingOf(step: StepState): Command[] {
  if (step.status === 'waiting' && step.error !== null)
    return [{ type: 'close-step', step, status: 'failed', error: step.error }];
  if (step.intent === null) return [];
  const error = errorOf('run_cancelled', 'the run has failed; nobody waits for the message any more');
  return [{ type: 'close-step', step, status: 'cancelled', error }];
}

/** With nothing else left to do, a step whose outcome is not known waits for a person. */
function parkOrElse(idle: readonly StepState[], otherwise: Command): Command {
  const unknown = idle.find(isOutcomeUnknown);
  if (unknown === undefined) return otherwise;
  return { type: 'park', reason: 'unknown_outcome', error: unknownOutcome(unknown) };
}

export function unknownOutcome({ plan }: StepState): ErrorSpec {
  const message = `the process was lost during step ${plan.step_id}; whether its effect happened is not known`;
  return errorOf('unknown_outcome', message);
}

function lastOutput(state: RunState): Pick<EventData<'run.finished'>, 'output' | 'output_artifact'> {
  const last = state.plan?.steps.at(-1);
  const step = state.adaptive === null ? last && state.steps[last.step_id] : lastSuccess(state);
  const { output, outputArtifact } = step ?? NO_OUTPUT;
  return outputArtifact === null ? { output } : { output, output_artifact: outputArtifact };
}

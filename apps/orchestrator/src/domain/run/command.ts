import type { ErrorSpec, EventData, PlanStep } from '@aos/contracts';
import type { OpenIntent, StepState, StepWait } from './state.ts';

/**
 * Make an attempt of a step, not before `notBefore` (a long wait gives the slot back).
 * `intent` is given where one is already journalled: it is not announced again, unless a person wants the repeat.
 * With `wait` it is made when it is woken, too, where that comes first.
 */
export interface CallCommand {
  type: 'call';
  step: PlanStep;
  attempt: number;
  intent: OpenIntent | null;
  notBefore: string | null;
  wait?: StepWait;
  /** Null: the call is the step's own. Else `step` is what undoes the step of its id. */
  undoing: Undoing | null;
}

interface Undoing {
  /** Attempts before a person last said that it is to be tried again. */
  attemptsBefore: number;
  /** The params are values: nothing in them is a reference. */
  hasFinalParams: boolean;
}

/** What is to be done next. The performer adds what is not pure: time, ids, results. */
export type Command =
  /** Journal that the run has started, not before `notBefore` (a long wait gives the slot back). */
  | { type: 'start'; notBefore: string | null }
  /** Journal that the run is worked on again after waiting. */
  | { type: 'resume' }
  /** Ask for a plan, not before `notBefore` (a long wait gives the slot back). */
  | { type: 'plan'; attempt: number; notBefore: string | null }
  | CallCommand
  /** Give the slot back until a person decides. */
  | { type: 'park'; reason: string; error: ErrorSpec }
  /** Close a step that was cut, or that is not tried again because the run has failed. */
  | { type: 'close-step'; step: StepState; status: 'cancelled' | 'failed'; error: ErrorSpec }
  /** From here on the run goes back: what it has done is undone before it ends. */
  | { type: 'roll-back'; data: EventData<'run.compensating'> }
  | { type: 'finish'; data: EventData<'run.finished'> };

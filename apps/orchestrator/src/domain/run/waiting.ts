import { AWAITED, type EventData } from '@aos/contracts';
import type { CallCommand } from './command.ts';
import { toStepStatus, withStep } from './state-changes.ts';
import type { RunState, StepState } from './state.ts';

/** A run that is to end, and waits for its child runs to end before. */
export const CHILDREN = 'children';

/** Reasons for waiting that a wake-up ends; a run that is paused, say, is left alone. */
export const WAITS_FOR_WAKE: readonly string[] = [...AWAITED, CHILDREN];

/** It is called again when it is woken, at the latest when its time has come; undefined: it waits for nothing outside. */
export function waitingCall({ plan: step, intent, wait }: StepState): CallCommand | undefined {
  if (intent === null || wait === null) return undefined;
  return { type: 'call', step, attempt: intent.attempt, intent, notBefore: wait.until, wait, undoing: null };
}

/** What has begun comes first where a run may not take many more steps. */
export function begunFirst(steps: readonly StepState[]): StepState[] {
  return steps.toSorted((a, b) => Number(b.wait !== null) - Number(a.wait !== null));
}

/** A message that nobody will read any more is not waited for. */
export const isForMessage = ({ awaits }: StepState): boolean => awaits === 'message';

/** What the other steps keep of the reservation for what they wait for. */
export function heldByWaits({ steps }: RunState, stepId: string): number {
  return Object.values(steps)
    .filter(({ plan }) => plan.step_id !== stepId)
    .reduce((sum, { wait }) => sum + (wait?.heldMicrocents ?? 0), 0);
}

export function asking(state: RunState, { awaits }: EventData<'tool.call.requested'>): RunState {
  if (awaits === undefined) return state;
  return awaits === 'message' ? { ...state, hasMailbox: true } : { ...state, hasChildren: true };
}

/** The step as it waits. */
export function waiting(state: RunState, data: EventData<'step.waiting'>): RunState {
  return withStep(state, data.step_id, (step) => ({
    ...toStepStatus(step, 'waiting'),
    nextAttemptAt: data.until,
    wait: {
      for: data.for,
      until: data.until,
      childRunId: data.child_run_id ?? null,
      heldMicrocents: data.held_microcents ?? 0,
    },
  }));
}

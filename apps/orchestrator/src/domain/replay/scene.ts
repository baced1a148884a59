import type { PlanStep } from '@aos/contracts';
import type { CallCommand, Command } from '../run/command.ts';
import { commandsFor } from '../run/decide.ts';
import type { RunEvent, RunState, StepState } from '../run/state.ts';

/** The key under which the engine of today asks for a step's effect; null: it cannot be known here. */
export type KeyOf = (state: RunState, step: PlanStep) => string | null;

/** How far the journal has been read, and what the engine wants at that point. */
export interface Scene {
  /** Before the event. */
  state: RunState;
  commands: readonly Command[];
  /**
   * Calls that were commanded and have not ended, by step: one may have been begun some events ago and outlive what has
   * happened since.
   */
  offered: ReadonlyMap<string, CallCommand>;
  /** States before the closings just read: an end is decided together with them, so it may count none of them. */
  closing: readonly RunState[];
  previous: RunEvent | undefined;
  keyOf: KeyOf;
}

export function firstScene(state: RunState, keyOf: KeyOf): Scene {
  return {
    state,
    commands: commandsFor(state),
    offered: new Map(),
    closing: [],
    previous: undefined,
    keyOf,
  };
}

/** The scene after an event that led to `state`. */
export function nextScene(scene: Scene, event: RunEvent, state: RunState): Scene {
  const commands = commandsFor(state);
  return {
    state,
    commands,
    offered: offeredAfter(scene, event, commands),
    closing: isClosing(event) ? [...scene.closing, scene.state] : [],
    previous: event,
    keyOf: scene.keyOf,
  };
}

function offeredAfter(
  { offered }: Scene,
  event: RunEvent,
  commands: readonly Command[],
): ReadonlyMap<string, CallCommand> {
  const calls = commands.filter((command) => command.type === 'call');
  const isEnd = event.type === 'step.finished' || event.type === 'step.compensated';
  const ended = isEnd ? event.data.step_id : undefined;
  // A run that gives its slot back has nothing under way.
  const isLeft = event.type === 'run.waiting' || event.type === 'run.restarted';
  if (calls.length === 0 && ended === undefined && !isLeft) return offered;
  const after = new Map(isLeft ? [] : offered);
  if (ended !== undefined) after.delete(ended);
  for (const call of calls) after.set(call.step.step_id, call);
  return after;
}

/** A step that ends without having succeeded may have been closed together with its run. */
function isClosing(event: RunEvent): boolean {
  return event.type === 'step.finished' && event.data.status !== 'succeeded';
}

/** Own steps only: ids come from journals. */
export function stepIn({ state }: Scene, stepId: string): StepState | undefined {
  return Object.hasOwn(state.steps, stepId) ? state.steps[stepId] : undefined;
}

import type { EventData } from '@aos/contracts';
import { fold } from '../../../src/domain/run/evolve.ts';
import type { RunEvent } from '../../../src/domain/run/state.ts';
import { placeOf } from './outside.ts';
import type { Simulation } from './simulation.ts';

/** What can be undone so far, in the order in which it was done, and how far it is. */
interface Account {
  /** By step, whether it is to stay because a person said so. */
  done: Map<string, boolean>;
  /** Steps that are to be undone from here on; null: the run goes forward. */
  owed: string[] | null;
  cause: EventData<'run.compensating'>['cause'] | null;
  generation: number;
}

/**
 * A run that failed or was cut has undone everything that could be undone, once, the last done first, before it ended; one
 * that keeps its effects has undone nothing, nor has one that succeeded. Read from the journal without the engine's help.
 */
export function checkRollbacks(simulation: Simulation): void {
  for (const runId of simulation.store.runs.keys()) checkRun(simulation, runId);
}

function checkRun(simulation: Simulation, runId: string): void {
  const { world, store } = simulation;
  const events = store.journals.events(runId);
  const account: Account = { done: new Map(), owed: null, cause: null, generation: 1 };
  for (const event of events) {
    const problem = read(simulation, { runId, account, event, events });
    if (problem !== undefined) world.violate(`${problem}: ${runId}/${event.seq}`);
  }
}

interface Reading {
  runId: string;
  account: Account;
  event: RunEvent;
  events: readonly RunEvent[];
}

/** Takes an event into the account; what is wrong with it. */
function read(simulation: Simulation, reading: Reading): string | undefined {
  const { account, event, events } = reading;
  if (event.type === 'step.finished') {
    if (event.data.status === 'succeeded' && canBeUndone(events, event.data)) {
      account.done.delete(event.data.step_id);
      account.done.set(event.data.step_id, false);
    }
    return undefined;
  }
  if (event.type === 'run.compensating') {
    const expected = open(account).toReversed();
    const isInOrder = event.data.steps.join() === expected.join();
    Object.assign(account, { owed: [...event.data.steps], cause: event.data.cause });
    return isInOrder ? undefined : `${event.data.steps.join()} are to be undone, not ${expected.join()}`;
  }
  if (event.type === 'step.compensated') return compensated(simulation, reading, event.data);
  if (event.type === 'run.finished') return finished(simulation, reading, event.data);
  return event.type === 'run.restarted' ? restarted(reading, event.data.generation) : undefined;
}

function open({ done }: Account): string[] {
  return [...done].flatMap(([stepId, isLeft]) => (isLeft ? [] : [stepId]));
}

function canBeUndone(
  events: readonly RunEvent[],
  { step_id, compensation }: EventData<'step.finished'>,
): boolean {
  const planned = events.flatMap((event) => (event.type === 'plan.created' ? event.data.steps : []));
  const step = planned.findLast((one) => one.step_id === step_id);
  return step?.compensate_with !== undefined || compensation !== undefined;
}

function compensated(
  { outside }: Simulation,
  { runId, account }: Reading,
  { step_id: stepId, status, skill }: EventData<'step.compensated'>,
): string | undefined {
  if (account.owed?.shift() !== stepId) return `step ${stepId} was undone out of order`;
  if (status === 'skipped') {
    account.done.set(stepId, true);
    return undefined;
  }
  account.done.delete(stepId);
  const place = `${placeOf({ isUndo: true }, { runId, stepId })}/${account.generation}`;
  if (skill !== 'undo_pure' && !outside.effects.has(place))
    return `step ${stepId} was undone without an effect`;
  return undefined;
}

function finished(
  { workload }: Simulation,
  { runId, account, events }: Reading,
  { status }: EventData<'run.finished'>,
): string | undefined {
  if (account.owed !== null) {
    if (account.owed.length > 0) return `a run ended before ${account.owed.join()} were undone`;
    return account.cause?.status === status ? undefined : 'a run did not end as it was to';
  }
  if (status === 'succeeded' || open(account).length === 0) return undefined;
  const [queued] = events;
  const isKept = queued?.type === 'run.queued' && queued.data.on_failure === 'keep';
  return isKept || workload.overridden.has(runId)
    ? undefined
    : 'a run ended without undoing what it had done';
}

/** What runs again is no longer done. */
function restarted({ account, event, events }: Reading, generation: number): string | undefined {
  const { steps } = fold(events.slice(0, event.seq));
  const kept = [...account.done].filter(([stepId]) => steps[stepId]?.status === 'succeeded');
  Object.assign(account, { done: new Map(kept), owed: null, cause: null, generation });
  return undefined;
}

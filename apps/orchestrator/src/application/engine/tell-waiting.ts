import type { EventData } from '@aos/contracts';
import type { StepWait } from '../../domain/run/state.ts';
import type { CallWaiting, Attempt } from './tool-adapter.ts';
import type { CallCommand } from '../../domain/run/command.ts';
import type { Turn } from './turn.ts';

/** Journals that a step waits; that it waits on as before is nothing new, but its wake-ups are answered. */
export function tellWaiting(
  { journal }: Turn,
  { step, attempt }: CallCommand,
  waiting: CallWaiting,
  wakes: readonly string[],
): void {
  const handledSignals = [...wakes];
  const data: EventData<'step.waiting'> = {
    step_id: step.step_id,
    skill: step.skill,
    attempt,
    for: waiting.for,
    until: waiting.until,
    ...(waiting.childRunId === undefined ? {} : { child_run_id: waiting.childRunId }),
    ...(waiting.heldMicrocents === undefined ? {} : { held_microcents: waiting.heldMicrocents }),
  };
  const before = journal.state.steps[step.step_id]?.wait ?? null;
  if (before === null || !isSame(before, data)) void journal.tell('step.waiting', data, { handledSignals });
  else if (handledSignals.length > 0) void journal.add([], { handledSignals });
}

function isSame(before: StepWait, data: EventData<'step.waiting'>): boolean {
  return (
    before.until === data.until &&
    before.childRunId === (data.child_run_id ?? null) &&
    before.heldMicrocents === (data.held_microcents ?? 0)
  );
}

/** The key of the message that a call has brought: with its outcome in the journal it is received. */
export function receivedBy({ awaits, outcome, idempotencyKey }: Attempt): string[] {
  return awaits === 'message' && outcome.ok && idempotencyKey !== null ? [idempotencyKey] : [];
}

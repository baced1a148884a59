import type { EventData } from '@aos/contracts';
import type { CallCommand, Command } from '../run/command.ts';
import type { RunState } from '../run/state.ts';

/** What a command wants or an event tells of, in one form, so that the two can be compared by their hashes. */
export type Deed = Readonly<{ do: string } & Record<string, unknown>>;

/** Of a run that gives its slot back. */
export function waitDeed(reason: string, until: string | null, error: unknown = null): Deed {
  return { do: 'wait', reason, until, error };
}

export function resumeDeed(reason: string): Deed {
  return { do: 'resume', reason };
}

/** The attempt of a step that is begun; `key` is what its effect is asked for under. */
export function callDeed({ step, attempt, undoing }: CallCommand, key: string | null): Deed {
  return {
    do: undoing === null ? 'call' : 'undo',
    step_id: step.step_id,
    skill: step.skill,
    attempt,
    timeout_ms: step.timeout_ms,
    idempotency_key: key,
  };
}

/** `end`: what came of an attempt. */
export function endDeed(
  end: 'succeeded' | 'failed' | 'kept',
  call: { step_id: string; skill?: string; attempt: number },
  more: Record<string, unknown> = {},
): Deed {
  return { do: `call ${end}`, step_id: call.step_id, attempt: call.attempt, ...more };
}

/** How a step is closed that no call closes. */
export function closeDeed(stepId: string, status: string, error: unknown): Deed {
  return { do: 'close-step', step_id: stepId, status, error };
}

/** An end without tokens is one of engine version 1, which did not count them: they are not compared. */
export function finishDeed(data: EventData<'run.finished'>, hasTokens = true): Deed {
  const { input_tokens = 0, output_tokens = 0, output_artifact = null, ...rest } = data;
  const tokens = hasTokens ? { input_tokens, output_tokens } : {};
  return { do: 'finish', ...rest, ...tokens, output_artifact };
}

/** What a command would show as in the journal, at once or as the wait before it. */
export function deedsOf(command: Command, state: RunState): Deed[] {
  switch (command.type) {
    case 'start':
      return withWait({ do: 'start' }, 'start_at', command.notBefore);
    case 'resume':
      // By itself, or because a person said so.
      return [resumeDeed(state.waitingReason ?? 'due'), resumeDeed('resumed')];
    case 'plan':
      return withWait({ do: 'plan', attempt: command.attempt }, 'planning_retry', command.notBefore);
    case 'call':
      return [callDeed(command, command.intent?.idempotencyKey ?? null)];
    case 'park':
      return [waitDeed(command.reason, null, command.error)];
    case 'close-step':
      return [closeDeed(command.step.plan.step_id, command.status, command.error)];
    case 'roll-back':
      return [rollBackDeed(command.data)];
    case 'finish':
      return [finishDeed(command.data)];
  }
}

export function rollBackDeed(data: EventData<'run.compensating'>): Deed {
  return { do: 'roll-back', ...data };
}

function withWait(deed: Deed, reason: string, notBefore: string | null): Deed[] {
  return notBefore === null ? [deed] : [deed, waitDeed(reason, notBefore)];
}

import type { CallCommand } from '../../domain/run/command.ts';

/** Calls of a run, as they are due now. */
export interface DueCalls {
  /** To be begun, as many as the run may have at work at once. */
  begin: CallCommand[];
  /** Until the next of the others is due; Infinity: only a signal makes one due. */
  waitMs: number;
  /** When that is. */
  at: string | null;
  /** Why the run waits where nothing is under way. */
  reason: string;
}

interface Surroundings {
  inFlight: number;
  maxParallel: number;
  nowMs: number;
  isWoken: (stepId: string) => boolean;
}

/** Steps that wait for something outside count as at work; woken they are due, else when their time has come. */
export function dueCalls(calls: readonly CallCommand[], surroundings: Surroundings): DueCalls {
  const { inFlight, maxParallel, isWoken } = surroundings;
  const waiting = calls.filter(({ wait }) => wait !== undefined);
  const due: DueCalls = { begin: [], waitMs: Infinity, at: null, reason: waiting[0]?.wait?.for ?? 'retry' };
  let atWork = inFlight + waiting.length;
  for (const call of calls) {
    const isWaiting = call.wait !== undefined;
    const waitMs = isWaiting && isWoken(call.step.step_id) ? 0 : msUntilDue(call, surroundings.nowMs);
    if (waitMs <= 0 && (isWaiting || atWork < maxParallel)) {
      due.begin.push(call);
      if (!isWaiting) atWork += 1;
    } else if (waitMs > 0 && waitMs < due.waitMs) Object.assign(due, { waitMs, at: call.notBefore });
  }
  return due;
}

function msUntilDue({ notBefore, wait }: CallCommand, nowMs: number): number {
  if (notBefore !== null) return Date.parse(notBefore) - nowMs;
  return wait === undefined ? 0 : Infinity;
}

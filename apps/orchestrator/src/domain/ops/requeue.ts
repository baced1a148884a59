import type { RunStatus } from '@aos/contracts';

/** A run as it was found under its lock. */
export interface RequeueFacts {
  status: RunStatus;
  waitingReason: string | null;
  /** Whether its timer is still to come. */
  isTimed: boolean;
  workerId: string | null;
  isQueued: boolean;
}

export type RequeueVerdict = { kind: 'requeue' } | { kind: 'queued' } | { kind: 'refuse'; message: string };

/** Whether a run is to be made ready again: only where nothing else would do it. */
export function requeueVerdict(run: RequeueFacts): RequeueVerdict {
  if (run.status === 'succeeded' || run.status === 'failed' || run.status === 'cancelled')
    return refuse(`the run has ended: ${run.status}`);
  if (run.workerId !== null) return refuse(`the run is being worked on by ${run.workerId}`);
  if (run.status !== 'waiting') return { kind: run.isQueued ? 'queued' : 'requeue' };
  if (run.waitingReason === 'paused') return refuse('the run is paused; resume it');
  if (run.waitingReason === 'unknown_outcome' || run.waitingReason === 'compensation_failed')
    return refuse('the run waits for a decision about a step; resume it with its outcome');
  if (run.isTimed) return refuse(`the run waits for its time: ${run.waitingReason ?? 'not said'}`);
  return { kind: 'requeue' };
}

const refuse = (message: string): RequeueVerdict => ({ kind: 'refuse', message });

import type { RunSignal } from '../../src/application/engine/ports.ts';
import { CHILDREN, WAITS_FOR_WAKE } from '../../src/domain/run/waiting.ts';
import { isOverdue, type MemoryRun } from './memory-run.ts';

/** Signals not yet handled, by their id. */
export class MemorySignals {
  readonly left = new Map<string, RunSignal>();
  #wakes = 0;

  of(runId: string): RunSignal[] {
    return [...this.left.values()].filter((signal) => signal.runId === runId);
  }

  /** Whether a run that waits is to be made ready. */
  isWanted(run: MemoryRun, nowMs: number): boolean {
    const { readyAtMs, submission, waitingReason } = run;
    if (isOverdue(run, nowMs) && waitingReason !== CHILDREN) return true;
    if (readyAtMs !== null && readyAtMs <= nowMs) return true;
    return this.of(submission.runId).some((signal) => isHeard(run, signal));
  }

  /** A step waits for what has come; an earlier wake-up says no more. */
  wake(runId: string, stepId: string): void {
    for (const other of this.of(runId))
      if (other.type === 'wake' && other.stepId === stepId) this.left.delete(other.signalId);
    this.#wakes += 1;
    const signalId = `wake-${this.#wakes}`;
    this.left.set(signalId, { signalId, runId, type: 'wake', stepId });
  }

  /** False: the run is as the signal wants it. */
  leave(run: MemoryRun, signal: RunSignal): boolean {
    const others = this.of(signal.runId);
    for (const other of others) if (isTakenBack(other, signal)) this.left.delete(other.signalId);
    if (isIdle(run, signal)) return false;
    if (!others.some((other) => saysTheSame(other, signal))) this.left.set(signal.signalId, signal);
    return true;
  }
}

/** Whether it wakes a run that waits; one that is to end and waits for its children hears nothing but them. */
function isHeard({ waitingReason }: MemoryRun, { type }: RunSignal): boolean {
  if (type === 'wake') return WAITS_FOR_WAKE.includes(waitingReason ?? '');
  return waitingReason !== CHILDREN;
}

/** Whether the run is as the signal wants it. */
function isIdle({ workerId, status, waitingReason, readyAtMs }: MemoryRun, signal: RunSignal): boolean {
  if (workerId !== null || signal.type === 'cancel') return false;
  if (signal.type === 'resume' && signal.decision !== null) return false;
  if (signal.type === 'pause') return status === 'waiting' && waitingReason === 'paused';
  return status !== 'waiting' || readyAtMs !== null;
}

/** Pause and resume take each other back, never a person's decision. */
function isTakenBack(left: RunSignal, signal: RunSignal): boolean {
  if (signal.type === 'resume') return left.type === 'pause';
  return signal.type === 'pause' && left.type === 'resume' && left.decision === null;
}

function saysTheSame(left: RunSignal, signal: RunSignal): boolean {
  if (left.type !== 'resume' || signal.type !== 'resume') return left.type === signal.type;
  return JSON.stringify(left.decision) === JSON.stringify(signal.decision);
}

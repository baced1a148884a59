import type { RunSignal } from '../../src/application/engine/ports.ts';
import type { MemoryRun } from './memory-run.ts';

/** Signals not yet handled, by their id. */
export class MemorySignals {
  readonly left = new Map<string, RunSignal>();

  of(runId: string): RunSignal[] {
    return [...this.left.values()].filter((signal) => signal.runId === runId);
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

/** Whether the run is as the signal wants it. */
function isIdle({ workerId, status, waitingReason, readyAtMs }: MemoryRun, { type }: RunSignal): boolean {
  if (workerId !== null || type === 'cancel') return false;
  if (type === 'pause') return status === 'waiting' && waitingReason === 'paused';
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

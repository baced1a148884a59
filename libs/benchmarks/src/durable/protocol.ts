import type { StackFile } from '@aos/contracts';
import type { Load, LoadFigures } from '../runs/load.ts';
import type { LedgerVerdict, Resumption } from './judge-ledger.ts';

/** How the driver reaches the system it drives. */
export type Target =
  | { kind: 'aos'; stack: StackFile; agentId: string }
  /** `isHeld`: a call that starts a run outlives the worker, so nobody need ask for the end of its run. */
  | { kind: 'http'; url: string; isHeld: boolean };

export type Work = 'W1' | 'W2' | 'W3';

/** What a driver process is told to do. */
export type Job = { target: Target } & (
  | { work: 'W1'; load: Load; repetitions: number; processes: Record<string, number> }
  | { work: 'W2'; repetitions: number }
  | { work: 'W3'; runs: number }
);

export interface ThroughputFigures extends LoadFigures {
  /** Of the driver, the system's processes and its servers. */
  cpuMsPerStep: number;
}

/** Medians on an idle system, in ms since the start call was sent. */
export interface LatencyFigures {
  firstStepMs: number;
  /** Where the system tells of steps while the run is under way. */
  firstStepSeenMs: number;
  finishedMs: number;
}

export interface CrashFigures extends LedgerVerdict, Resumption {
  runsDone: number;
  /** Seconds from the kill to the end of the last run. */
  allDoneS: number;
}

export type FromDriver =
  | { kind: 'kill' }
  | { kind: 'done'; figures: (ThroughputFigures | LatencyFigures | CrashFigures)[] }
  | { kind: 'failed'; reason: string };

export type ToDriver = { kind: 'job'; job: Job } | { kind: 'killed'; atMs: number };

import { setTimeout as sleep } from 'node:timers/promises';
import type { Load } from '../runs/load.ts';
import { medians } from '../statistics.ts';
import { drive } from './drive.ts';
import type { CrashFigures, LatencyFigures, ThroughputFigures, Work } from './protocol.ts';
import type { System } from './system.ts';
import { worstOf } from './worst-of.ts';

export interface Measurement {
  works: readonly Work[];
  load: Load;
  /** Of W3. */
  crashRuns: number;
  repetitions: number;
}

/** A work that was not asked for, or does not fit the system, is absent. */
export interface SystemFigures {
  throughput?: ThroughputFigures;
  latency?: LatencyFigures;
  /** The killed worker is started again. */
  crash?: CrashFigures;
  /** A second worker takes over from the killed one. */
  takeover?: CrashFigures;
}

/** How long a killed worker is away. */
const AWAY_MS = 500;

/** Medians; of counts of what should not happen, the worst. */
export async function measureSystem(system: System, measurement: Measurement): Promise<SystemFigures> {
  const { works, load, repetitions } = measurement;
  const { target } = system;
  const figures: SystemFigures = {};
  if (works.includes('W1')) {
    const processes = system.processes();
    figures.throughput = medians(await drive<'W1'>({ work: 'W1', target, load, repetitions, processes }));
  }
  if (works.includes('W2')) {
    figures.latency = medians(await drive<'W2'>({ work: 'W2', target, repetitions }));
  }
  if (works.includes('W3')) {
    figures.crash = await repeated(measurement, () => crash(system, measurement));
    const { startReplica } = system;
    if (startReplica !== undefined) {
      figures.takeover = await repeated(measurement, () => takeover(system, startReplica, measurement));
    }
  }
  return figures;
}

async function repeated(
  { repetitions }: Measurement,
  one: () => Promise<CrashFigures[]>,
): Promise<CrashFigures> {
  const figures: CrashFigures[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) figures.push(...(await one()));
  return worstOf(figures);
}

async function crash({ target, worker }: System, { crashRuns }: Measurement): Promise<CrashFigures[]> {
  let restarted = Promise.resolve();
  const kill = async () => {
    const atMs = Date.now();
    await worker.kill();
    restarted = sleep(AWAY_MS).then(() => worker.restart());
    return atMs;
  };
  const figures = await drive<'W3'>({ work: 'W3', target, runs: crashRuns }, kill);
  await restarted;
  return figures;
}

async function takeover(
  { target, worker }: System,
  startReplica: NonNullable<System['startReplica']>,
  { crashRuns }: Measurement,
): Promise<CrashFigures[]> {
  const replica = await startReplica();
  const kill = async () => {
    const atMs = Date.now();
    await worker.kill();
    return atMs;
  };
  const figures = await drive<'W3'>({ work: 'W3', target, runs: crashRuns }, kill);
  await worker.restart();
  await replica.stop();
  // The replica's own runs never stopped, so the first step after the kill says nothing.
  return figures.map((one) => ({ ...one, firstStepS: Number.NaN }));
}

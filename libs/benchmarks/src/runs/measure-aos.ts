import { setTimeout as sleep } from 'node:timers/promises';
import type { PlanStepInput } from '@aos/contracts';
import type { Stack } from '@aos/tooling';
import { cpuMsBetween, cpuMsOf } from '../cpu.ts';
import { processesOf } from '../stack-processes.ts';
import { median, medians } from '../statistics.ts';
import type { AosClient } from './aos-client.ts';
import { underLoad, type Load, type LoadFigures } from './load.ts';
import { STEPS_PER_RUN } from './step-kinds.ts';

export interface AosFigures extends LoadFigures {
  /** Of every AOS service and of Postgres, Redis and NATS. */
  cpuMsPerStep: number;
  /** On an idle stack: request sent → first `step.finished` seen. */
  idleFirstStepP50Ms: number;
  /** On an idle stack: request sent → `run.finished` seen. */
  idleRunP50Ms: number;
  /** CPU ms per step of each process. */
  cpuMsPerStepOf: Record<string, number>;
}

export interface AosMeasurement {
  stack: Stack;
  client: AosClient;
  agentId: string;
  plan: readonly PlanStepInput[];
  load: Load;
  repetitions: number;
}

const WARM_UP_RUNS = 60;
const IDLE_RUNS = 25;
const IDLE_PAUSE_MS = 100;

/** Medians over the repetitions. */
export async function measureAos(measurement: AosMeasurement): Promise<AosFigures> {
  const { client, agentId, plan, load, repetitions } = measurement;
  const one = async () => void (await client.run(agentId, plan));
  await underLoad({ ...load, runs: WARM_UP_RUNS }, one);
  const loads: LoadFigures[] = [];
  const cpus: Record<string, number>[] = [];
  const idles: { idleFirstStepP50Ms: number; idleRunP50Ms: number }[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const roots = processesOf(measurement.stack);
    const before = cpuMsOf(roots);
    loads.push(await underLoad(load, one));
    cpus.push(perStep(cpuMsBetween(before, cpuMsOf(roots)), load.runs * STEPS_PER_RUN));
    idles.push(await measureIdle(measurement));
  }
  const totals = cpus.map((cpu) => ({ cpuMsPerStep: Object.values(cpu).reduce((sum, ms) => sum + ms, 0) }));
  return { ...medians(loads), ...medians(totals), ...medians(idles), cpuMsPerStepOf: medians(cpus) };
}

async function measureIdle({ client, agentId, plan }: AosMeasurement) {
  const times = [];
  for (let run = 0; run < IDLE_RUNS; run += 1) {
    await sleep(IDLE_PAUSE_MS);
    times.push(await client.run(agentId, plan));
  }
  return {
    idleFirstStepP50Ms: median(times.map(({ firstStepMs }) => firstStepMs)),
    idleRunP50Ms: median(times.map(({ finishedMs }) => finishedMs)),
  };
}

function perStep(cpuMs: Readonly<Record<string, number>>, steps: number): Record<string, number> {
  return Object.fromEntries(Object.entries(cpuMs).map(([name, ms]) => [name, ms / steps]));
}

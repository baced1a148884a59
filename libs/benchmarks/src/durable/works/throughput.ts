import { cpuMsBetween, cpuMsOf } from '../../cpu.ts';
import { underLoad } from '../../runs/load.ts';
import { STEPS_PER_RUN } from '../../runs/step-kinds.ts';
import type { Job, ThroughputFigures } from '../protocol.ts';
import type { Driven } from '../target.ts';

type ThroughputJob = Extract<Job, { work: 'W1' }>;

/** W1: so many runs, so many at once, after as many to warm up. */
export async function measureThroughput(driven: Driven, job: ThroughputJob): Promise<ThroughputFigures[]> {
  const { load, repetitions } = job;
  const roots = { ...job.processes, driver: process.pid };
  let started = 0;
  const one = async () => {
    started += 1;
    await driven.run(`w1-${started}`);
  };
  await underLoad(load, one);
  const figures: ThroughputFigures[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const before = cpuMsOf(roots);
    const loaded = await underLoad(load, one);
    const used = Object.values(cpuMsBetween(before, cpuMsOf(roots))).reduce((sum, ms) => sum + ms, 0);
    figures.push({ ...loaded, cpuMsPerStep: used / (load.runs * STEPS_PER_RUN) });
  }
  return figures;
}

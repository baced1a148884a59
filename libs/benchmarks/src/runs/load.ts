import { percentile } from '../statistics.ts';
import { STEPS_PER_RUN } from './step-kinds.ts';

export interface Load {
  /** In all. */
  runs: number;
  /** At once: each that ends is followed by the next. */
  concurrency: number;
}

/** Each per repetition; times in ms. */
export interface LoadFigures {
  runsPerSecond: number;
  stepsPerSecond: number;
  runP50Ms: number;
  runP99Ms: number;
}

/** Does the work so many times, so many at once, and gives how fast it went. `one` resolves when its run has ended. */
export async function underLoad({ runs, concurrency }: Load, one: () => Promise<void>): Promise<LoadFigures> {
  const latenciesMs: number[] = [];
  let started = 0;
  const client = async () => {
    while (started < runs) {
      started += 1;
      const startMs = performance.now();
      await one();
      latenciesMs.push(performance.now() - startMs);
    }
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: concurrency }, client));
  const seconds = (performance.now() - startMs) / 1000;
  return {
    runsPerSecond: runs / seconds,
    stepsPerSecond: (runs * STEPS_PER_RUN) / seconds,
    runP50Ms: percentile(latenciesMs, 0.5),
    runP99Ms: percentile(latenciesMs, 0.99),
  };
}

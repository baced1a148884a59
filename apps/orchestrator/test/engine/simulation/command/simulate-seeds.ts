import type { SimulateOptions } from './options.ts';
import { ProgressFile } from './progress-file.ts';
import { SeedFleet, type SeedReport } from './seed-fleet.ts';
import { missingOf, seedsIn, type SeedRange } from './seed-ranges.ts';

const PROGRESS_MS = 10_000;

type Tell = (line: string) => void;

/** Simulates many seeds in several processes; whether nothing was violated and every seed is done. */
export async function simulateSeeds(options: SimulateOptions, tell: Tell): Promise<boolean> {
  const { first, seeds, jobs, failuresMax, resume } = options;
  const wanted: SeedRange = [first, first + seeds - 1];
  const progress = new ProgressFile(resume);
  const missing = missingOf(wanted, progress.done);
  const count = new Count(seedsIn(missing));
  const fleet = new SeedFleet({
    jobs,
    onReport: (report) => {
      count.add(report);
      if (report.violations.length === 0) return;
      progress.noteFailed(report.seed);
      tell(`seed ${report.seed} FAILED: ${report.violations.join('; ')}`);
      tell(`  repeat it: pnpm --filter @aos/orchestrator simulate --seed ${report.seed}`);
      if (progress.failed.length >= failuresMax) fleet.stop();
    },
    onPart: (part) => progress.noteDone(part),
  });
  const stop = (): void => fleet.stop();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const ticker = setInterval(() => tell(count.toString()), PROGRESS_MS);
  tell(`seeds ${wanted[0]} to ${wanted[1]}: ${count.wanted} to do, ${jobs} at once`);
  await fleet.run(missing);
  clearInterval(ticker);
  const failed = progress.failed.filter((seed) => seed >= wanted[0] && seed <= wanted[1]);
  tell(`${count.toString()}: ${verdictOf(failed, fleet.isStopped)}`);
  return failed.length === 0 && !fleet.isStopped;
}

function verdictOf(failed: readonly number[], isStopped: boolean): string {
  if (failed.length > 0) return `FAILED: ${failed.join(', ')}`;
  return isStopped ? 'stopped; nothing violated so far' : 'nothing violated';
}

/** What is done so far and how fast. */
class Count {
  readonly wanted: number;
  readonly #startedAtMs = performance.now();
  readonly #cpuMs = new Map<number, number>();
  #seeds = 0;
  #runs = 0;

  constructor(wanted: number) {
    this.wanted = wanted;
  }

  add({ runs, pid, cpuMs }: SeedReport): void {
    this.#seeds += 1;
    this.#runs += runs;
    this.#cpuMs.set(pid, cpuMs);
  }

  toString(): string {
    const seconds = (performance.now() - this.#startedAtMs) / 1_000;
    const cpuSeconds = [...this.#cpuMs.values()].reduce((total, ms) => total + ms / 1_000, 0);
    const perSecond = (this.#seeds / Math.max(seconds, 0.001)).toFixed(1);
    const perCpuSecond = (this.#seeds / Math.max(cpuSeconds, 0.001)).toFixed(1);
    const speed = `${perSecond} seeds/s, ${perCpuSecond} per CPU second`;
    return `${this.#seeds} of ${this.wanted} seeds, ${this.#runs} runs, ${seconds.toFixed(1)} s (${speed})`;
  }
}

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { partsOf, seedsIn, type SeedRange } from './seed-ranges.ts';

/** What came of one seed. */
export interface SeedReport {
  seed: number;
  violations: readonly string[];
  runs: number;
  pid: number;
  /** Of its process so far. */
  cpuMs: number;
}

interface FleetParts {
  jobs: number;
  /** The module that simulates what it is sent. */
  worker?: string;
  onReport: (report: SeedReport) => void;
  onPart: (part: SeedRange) => void;
}

const WORKER = fileURLToPath(new URL('seed-worker.ts', import.meta.url));
const PART_SEEDS = 100;
/** A history takes well below a second. */
const STUCK_MS = 120_000;
/** No stack of an error is read here, and young objects die young. */
const FAST = ['--stack-trace-limit=0', '--max-semi-space-size=64'];

/** Simulates seeds in several processes at once. One that ends or stands still is a violation of its seed. */
export class SeedFleet {
  readonly #parts: FleetParts;
  readonly #children = new Set<ChildProcess>();
  #left: SeedRange[] = [];
  #isStopped = false;

  constructor(parts: FleetParts) {
    this.#parts = parts;
  }

  /** Resolves when every seed is reported, or after stop() when the seeds under way are lost. */
  async run(ranges: readonly SeedRange[]): Promise<void> {
    this.#left = partsOf(ranges, PART_SEEDS);
    const jobs = Math.min(this.#parts.jobs, seedsIn(ranges));
    await Promise.all(Array.from({ length: jobs }, () => this.#work()));
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    for (const child of this.#children) child.kill('SIGKILL');
  }

  /** A lost process is replaced; it goes on after the seed on which it was lost. */
  async #work(): Promise<void> {
    for (let part = this.#next(); part !== undefined; part = this.#next()) {
      const child = fork(this.#parts.worker ?? WORKER, { execArgv: [...process.execArgv, ...FAST] });
      this.#children.add(child);
      for (; part !== undefined; part = this.#next()) {
        const lostAt = await this.#simulate(child, part);
        if (lostAt === undefined) continue;
        if (lostAt < part[1]) this.#left.unshift([lostAt + 1, part[1]]);
        break;
      }
      this.#children.delete(child);
      child.kill('SIGKILL');
    }
  }

  #next(): SeedRange | undefined {
    return this.#isStopped ? undefined : this.#left.shift();
  }

  /** The seed on which the process was lost. */
  #simulate(child: ChildProcess, part: SeedRange): Promise<number | undefined> {
    const { onReport, onPart } = this.#parts;
    const [first, last] = part;
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    let seed = first;
    const lose = (how: string): void => {
      if (!this.#isStopped) onReport({ seed, violations: [how], runs: 0, pid: 0, cpuMs: 0 });
      resolve(seed);
    };
    const watchdog = setTimeout(() => lose(`stands still for ${STUCK_MS / 1_000} s`), STUCK_MS);
    const ended = (code: number | null, signal: string | null): void =>
      lose(`ended its process: ${code ?? signal}`);
    const hear = (report: SeedReport): void => {
      watchdog.refresh();
      onReport(report);
      seed = report.seed + 1;
      if (report.seed < last) return;
      onPart(part);
      resolve(undefined);
    };
    child.on('message', hear).once('exit', ended);
    child.send(part);
    return promise.finally(() => {
      clearTimeout(watchdog);
      child.off('message', hear).off('exit', ended);
    });
  }
}

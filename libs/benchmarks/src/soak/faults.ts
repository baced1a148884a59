import { setTimeout as sleep } from 'node:timers/promises';
import { recordOf, type Say } from '@aos/tooling';

/** A process that is made to fail. */
export interface Victim {
  name: string;
  pid(): number;
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Whether it may also be stopped for longer than a lease, and continued. */
  isStoppable: boolean;
}

const EVERY_MS = 5_000;
const AWAY_MS = 500;
/** Longer than the lease of 10 s. */
const STOPPED_MS = 12_000;
const RETRY_MS = 1_000;

/** Every five seconds one process more is killed, or stopped past its lease; what is away comes back. */
export class Faults {
  readonly counts: Record<string, number> = {};
  readonly #victims: readonly Victim[];
  readonly #say: Say;
  readonly #healing = new Map<Victim, Promise<void>>();
  #isStopping = false;

  constructor(victims: readonly Victim[], say: Say) {
    this.#victims = victims;
    this.#say = say;
  }

  /** Until the time is up. */
  async run(forMs: number): Promise<void> {
    const endMs = performance.now() + forMs;
    while (performance.now() + EVERY_MS < endMs) {
      await sleep(EVERY_MS);
      this.#strike();
    }
  }

  /** Resolves when everything is up again. */
  async heal(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#healing.values());
    for (const victim of this.#victims) await this.#raise(victim);
  }

  #strike(): void {
    const standing = this.#victims.filter((victim) => !this.#healing.has(victim));
    const victim = standing[Math.floor(Math.random() * standing.length)];
    if (victim === undefined) return;
    const fault = victim.isStoppable && Math.random() < 0.4 ? 'stopped' : 'killed';
    this.#say(`${victim.name} is ${fault}`);
    const name = `${victim.name} ${fault}`;
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    const healing = (fault === 'killed' ? this.#kill(victim) : this.#stop(victim)).finally(() =>
      this.#healing.delete(victim),
    );
    this.#healing.set(victim, healing);
  }

  async #kill(victim: Victim): Promise<void> {
    await victim.kill();
    await sleep(AWAY_MS);
    await this.#raise(victim);
  }

  async #stop(victim: Victim): Promise<void> {
    const pid = victim.pid();
    if (recordOf(pid) === undefined) return this.#raise(victim);
    process.kill(pid, 'SIGSTOP');
    await sleep(STOPPED_MS);
    if (recordOf(pid) !== undefined) process.kill(pid, 'SIGCONT');
    // One that was declared dead meanwhile ends itself as soon as it notices.
    await sleep(2 * RETRY_MS);
    await this.#raise(victim);
  }

  /** As whoever runs it would: again and again, since it may need another one that is away itself. */
  async #raise(victim: Victim): Promise<void> {
    while (recordOf(victim.pid()) === undefined) {
      await victim
        .restart()
        .catch((error: unknown) => this.#say(`${victim.name} does not come back yet: ${firstLine(error)}`));
      if (!this.#isStopping) await sleep(RETRY_MS);
    }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

import { setTimeout as sleep } from 'node:timers/promises';
import { recordOf, type Say } from '@aos/tooling';

export type Fault = 'killed' | 'stopped';

/** A process that is made to fail, or only started again where it ends by itself. */
export interface Victim {
  name: string;
  pid(): number;
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** What may be done to it: kill -9, or SIGSTOP for longer than a lease. */
  faults: readonly Fault[];
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
    const supervision = setInterval(() => this.#raiseFallen(), RETRY_MS);
    while (performance.now() + EVERY_MS < endMs) {
      await sleep(EVERY_MS);
      this.#strike();
    }
    clearInterval(supervision);
  }

  /** Resolves when everything is up again. */
  async heal(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#healing.values());
    for (const victim of this.#victims) await this.#raise(victim);
  }

  #strike(): void {
    const standing = this.#victims.filter((victim) => !this.#healing.has(victim) && victim.faults.length > 0);
    const victim = anyOf(standing);
    if (victim === undefined) return;
    const isKilled = anyOf(victim.faults) === 'killed';
    if (isKilled) this.#meet(victim, 'killed', this.#kill(victim));
    else this.#meet(victim, 'stopped', this.#stop(victim));
  }

  #raiseFallen(): void {
    for (const victim of this.#victims) {
      if (this.#healing.has(victim) || recordOf(victim.pid()) !== undefined) continue;
      this.#meet(victim, 'ended by itself', this.#raise(victim));
    }
  }

  #meet(victim: Victim, what: string, healing: Promise<void>): void {
    const name = `${victim.name} ${what}`;
    this.#say(name);
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    this.#healing.set(
      victim,
      healing.finally(() => this.#healing.delete(victim)),
    );
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

function anyOf<T>(values: readonly T[]): T | undefined {
  return values[Math.floor(Math.random() * values.length)];
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

/** Processes that have a place, and the locks they hold. */
export class MemoryWorkers {
  /** Of processes that have taken theirs. */
  readonly locks = new Map<string, 'held' | 'free'>();
  readonly #leaseEnds = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  has(workerId: string): boolean {
    return this.#leaseEnds.has(workerId);
  }

  lease(workerId: string, leaseMs: number): void {
    this.#leaseEnds.set(workerId, this.#now() + leaseMs);
  }

  remove(workerId: string): void {
    this.#leaseEnds.delete(workerId);
  }

  unlocked(): string[] {
    return [...this.#leaseEnds.keys()].filter((workerId) => this.locks.get(workerId) === 'free');
  }

  /** Removes those whose lease has ended, and those known to be dead whose lock is free. */
  takeDead(knownDead: readonly string[]): string[] {
    const late = [...this.#leaseEnds].flatMap(([workerId, endMs]) => (endMs < this.#now() ? [workerId] : []));
    const killed = this.unlocked().filter((workerId) => knownDead.includes(workerId));
    const dead = [...new Set([...late, ...killed])];
    for (const workerId of dead) this.remove(workerId);
    return dead;
  }
}

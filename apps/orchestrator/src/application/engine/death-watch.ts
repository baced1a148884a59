import type { Clock, EngineObserver, EngineStore, EventPublisher, WorkerWitness } from './ports.ts';

interface DeathWatchParts {
  workerId: string;
  store: Pick<EngineStore, 'unlockedWorkers' | 'buryDeadWorkers'>;
  publisher: Pick<EventPublisher, 'publishTickets'>;
  witness: WorkerWitness;
  clock: Clock;
  observer: EngineObserver;
  leaseMs: number;
  /** Runs may have become ready. */
  onReady: () => Promise<void>;
}

const INTERVAL_MS = 400;

/**
 * Takes over from processes that have died long before their leases end. A lock that is free is a hint: its connection may
 * have broken. Dead is who at two looks in a row has neither its lock nor a connection to NATS: of a process that lives,
 * even of one that stands still, one of the two is left. Of all others the lease decides.
 */
export class DeathWatch {
  readonly #parts: DeathWatchParts;
  readonly #stopped = new AbortController();
  #loop: Promise<void> | undefined;
  #suspects: ReadonlySet<string> = new Set();

  constructor(parts: DeathWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, observer } = this.#parts;
    while (!this.#stopped.signal.aborted) {
      try {
        await this.#look();
      } catch (error) {
        this.#suspects = new Set();
        observer.trouble('looking for processes that have died', error);
      }
      await clock.sleep(INTERVAL_MS, this.#stopped.signal);
    }
  }

  async #look(): Promise<void> {
    const { store, witness, workerId, publisher, leaseMs, onReady } = this.#parts;
    const gone: string[] = [];
    for (const suspect of await store.unlockedWorkers(workerId))
      if (await witness.isGone(suspect)) gone.push(suspect);
    const dead = gone.filter((suspect) => this.#suspects.has(suspect));
    this.#suspects = new Set(gone);
    if (dead.length === 0) return;
    const tickets = await store.buryDeadWorkers(leaseMs, dead);
    if (tickets.length === 0) return;
    void onReady();
    await publisher.publishTickets(tickets);
  }
}

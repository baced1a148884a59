import { DeathWatch } from './death-watch.ts';
import type { FlushLedger } from './flush-ledger.ts';
import type { Chance, Clock, EngineObserver, EngineStore, EventPublisher, WorkerWitness } from './ports.ts';

interface SweeperParts {
  workerId: string;
  store: EngineStore;
  publisher: EventPublisher;
  witness: WorkerWitness;
  ledger: FlushLedger;
  clock: Clock;
  chance: Chance;
  observer: EngineObserver;
  leaseMs: number;
  /** Deletes what the store keeps of published flushes. */
  tidy: () => Promise<void>;
  /** Runs may have become ready. */
  onReady: () => Promise<void>;
  readSignals: () => Promise<void>;
  /** Ends runs whose deadline has passed while they were queued. */
  takeOverdue: () => Promise<void>;
}

const INTERVAL_MS = 1_000;
const BATCH = 500;

/**
 * The recovery loop: once a second, with jitter, every process looks after what nobody may be looking after. Every part
 * may be repeated and cut anywhere.
 */
export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #deaths: DeathWatch;
  readonly #stopped = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
    this.#deaths = new DeathWatch(parts);
  }

  start(): void {
    this.#loop ??= this.#run();
    this.#deaths.start();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#deaths.stop();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, chance, onReady, readSignals, takeOverdue, tidy } = this.#parts;
    while (!this.#stopped.signal.aborted) {
      await this.#attempt('handing on the runs of lost processes', () => this.#handOn());
      await this.#attempt('waking waiting runs', () => this.#wakeDue());
      await this.#attempt('publishing what was left unpublished', () => this.#publishLeft());
      await this.#attempt('tidying up after published flushes', tidy);
      await this.#attempt('reading signals', readSignals);
      await this.#attempt('ending runs that are over their deadline', takeOverdue);
      await this.#attempt('claiming', onReady);
      await clock.sleep(INTERVAL_MS * (0.8 + 0.4 * chance.random()), this.#stopped.signal);
    }
  }

  async #attempt(what: string, action: () => Promise<void>): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    try {
      await action();
    } catch (error) {
      this.#parts.observer.trouble(what, error);
    }
  }

  async #handOn(): Promise<void> {
    const { store, publisher, leaseMs } = this.#parts;
    const tickets = await store.buryDeadWorkers(leaseMs);
    if (tickets.length > 0) await publisher.publishTickets(tickets);
  }

  async #wakeDue(): Promise<void> {
    const { store, publisher } = this.#parts;
    const tickets = await store.wakeDue(BATCH);
    if (tickets.length > 0) await publisher.publishTickets(tickets);
  }

  async #publishLeft(): Promise<void> {
    const { store, publisher, ledger, clock, workerId } = this.#parts;
    const flushes = await store.leftFlushes(workerId, ledger.lost(), BATCH);
    for (const flush of flushes) {
      await publisher.publishTickets(flush.tickets);
      await publisher.publish(flush.rows);
    }
    await store.deleteFlushes(flushes);
    for (const flush of flushes) if (flush.workerId === workerId) ledger.close(flush.flushNo);
    ledger.forgetLost(clock.now());
  }
}

import type { FlushLedger } from './flush-ledger.ts';
import type { Clock, EngineObserver, EventPublisher, JournalRow, Ticket } from './ports.ts';

interface Committed {
  flushNo: number;
  rows: readonly JournalRow[];
  tickets: readonly Ticket[];
}

const RETRY_MS_MAX = 2_000;

/** Publishes what is committed, in order, until it got through: the row in `unpublished` stays until then. */
export class Relay {
  readonly #publisher: EventPublisher;
  readonly #ledger: FlushLedger;
  readonly #clock: Clock;
  readonly #observer: EngineObserver;
  readonly #stopped = new AbortController();
  #waiting: Committed[] = [];
  #running: Promise<void> | undefined;
  #backlog = 0;

  constructor(publisher: EventPublisher, ledger: FlushLedger, clock: Clock, observer: EngineObserver) {
    this.#publisher = publisher;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#observer = observer;
  }

  /** Events that are committed and not yet published. */
  get backlog(): number {
    return this.#backlog;
  }

  enqueue(committed: Committed): void {
    this.#waiting.push(committed);
    this.#backlog += committed.rows.length;
    this.#running ??= this.#run();
  }

  /** Resolves when everything is published, or after stop(). */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Gives up: what is left is published by whoever finds it in the store. */
  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#stopped.signal.aborted) {
      const batch = this.#waiting.splice(0);
      const rows = batch.flatMap((committed) => committed.rows);
      const tickets = batch.flatMap((committed) => committed.tickets);
      if (!(await this.#publish(rows, tickets))) break;
      this.#backlog -= rows.length;
      for (const { flushNo } of batch) this.#ledger.close(flushNo);
    }
    this.#running = undefined;
  }

  async #publish(rows: readonly JournalRow[], tickets: readonly Ticket[]): Promise<boolean> {
    for (let retryMs = 50; !this.#stopped.signal.aborted; retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)) {
      try {
        await this.#publisher.publishTickets(tickets);
        await this.#publisher.publish(rows);
        return true;
      } catch (error) {
        this.#observer.trouble('publishing events', error);
        await this.#clock.sleep(retryMs, this.#stopped.signal);
      }
    }
    return false;
  }
}

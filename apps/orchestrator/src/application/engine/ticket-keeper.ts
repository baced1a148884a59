import type { Clock } from './ports.ts';

/** A ticket as it comes from the work queue. */
export interface HeldTicket {
  /** JSON that names the run it was made for. */
  readonly payload: string;
  ack(): void;
  nak(): void;
  working(): void;
}

/** Where tickets come from: what is there with `waitMs` 0, else the first within `waitMs`. */
export interface TicketSource {
  fetch(max: number, options: { waitMs: number; signal?: AbortSignal }): Promise<HeldTicket[]>;
}

/** What the keeper needs of the engine. */
interface TicketedEngine {
  readonly busySlots: number;
  readonly freeSlots: number;
  knows(runId: string): boolean;
  wake(): Promise<void>;
}

const WAIT_MS = 5_000;
const WORKING_INTERVAL_MS = 10_000;
const IDLE_MS = 200;

/**
 * Holds one ticket per busy slot, so that what is pending and unacknowledged on the queue follows what is queued and
 * running: that is what scales the service. A ticket gives no right to a run: the claim in the store does.
 */
export class TicketKeeper {
  readonly #source: TicketSource;
  readonly #engine: TicketedEngine;
  readonly #clock: Clock;
  readonly #held: HeldTicket[] = [];
  readonly #stopped = new AbortController();
  #working: Promise<void> | undefined;
  #loop: Promise<void> | undefined;
  #isTopping = false;

  constructor(source: TicketSource, engine: TicketedEngine, clock: Clock) {
    this.#source = source;
    this.#engine = engine;
    this.#clock = clock;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** The number of busy slots has changed: tickets too many are acknowledged, missing ones pulled without waiting. */
  slotsChanged(): void {
    while (this.#held.length > this.#engine.busySlots) this.#held.shift()?.ack();
    if (this.#held.length < this.#engine.busySlots && !this.#stopped.signal.aborted) void this.#topUp();
  }

  /** Gives what it holds to others. */
  async drain(): Promise<void> {
    this.#stopped.abort();
    await Promise.all([this.#loop, this.#working]);
    for (const ticket of this.#held.splice(0)) ticket.nak();
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      if (this.#engine.freeSlots <= 0) {
        await this.#pause();
        continue;
      }
      const startedMs = this.#clock.now();
      const tickets = await this.#source.fetch(1, { waitMs: WAIT_MS, signal: this.#stopped.signal });
      if (tickets.some(({ payload }) => !this.#engine.knows(runIdOf(payload)))) await this.#engine.wake();
      this.#take(tickets);
      // Nothing, and at once: the server or the consumer is not there.
      if (tickets.length === 0 && this.#clock.now() - startedMs < IDLE_MS) await this.#pause();
    }
  }

  /** Otherwise the queue would give them to others. */
  async #keepHeld(): Promise<void> {
    for (;;) {
      await this.#clock.sleep(WORKING_INTERVAL_MS, this.#stopped.signal);
      if (this.#stopped.signal.aborted) return;
      for (const ticket of this.#held) ticket.working();
    }
  }

  #take(tickets: HeldTicket[]): void {
    this.#working ??= this.#keepHeld();
    for (const ticket of tickets) {
      if (this.#held.length < this.#engine.busySlots) this.#held.push(ticket);
      else ticket.ack();
    }
  }

  async #topUp(): Promise<void> {
    if (this.#isTopping) return;
    this.#isTopping = true;
    try {
      const missing = this.#engine.busySlots - this.#held.length;
      if (missing > 0)
        this.#take(await this.#source.fetch(missing, { waitMs: 0, signal: this.#stopped.signal }));
    } finally {
      this.#isTopping = false;
    }
  }

  #pause(): Promise<void> {
    return this.#clock.sleep(IDLE_MS, this.#stopped.signal);
  }
}

const runIdText = /"run_id":"([^"]+)"/;

/** Empty where the payload names no run. */
function runIdOf(payload: string): string {
  return runIdText.exec(payload)?.[1] ?? '';
}

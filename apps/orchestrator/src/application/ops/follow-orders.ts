import type { Clock, EngineObserver } from '../engine/ports.ts';
import type { WorkerFleet, WorkerOrders } from './worker-fleet.ts';

interface FollowParts {
  fleet: Pick<WorkerFleet, 'orders'>;
  workerId: string;
  /** Called with what was read, each time. */
  follow: (orders: WorkerOrders) => void;
  clock: Clock;
  observer: Pick<EngineObserver, 'trouble'>;
}

const INTERVAL_MS = 1_000;

/** Reads once a second what operators have ordered this process, and when it is nudged; what cannot be read stays as it was. */
export class OrderFollower {
  readonly #parts: FollowParts;
  readonly #stopped = new AbortController();
  #loop: Promise<void> | undefined;
  #isDraining = false;

  constructor(parts: FollowParts) {
    this.#parts = parts;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  async look(): Promise<void> {
    const { fleet, workerId, follow, observer } = this.#parts;
    try {
      const orders = await fleet.orders(workerId);
      if (this.#stopped.signal.aborted) return;
      this.#isDraining = orders.isDraining;
      follow(orders);
    } catch (error) {
      observer.trouble('reading orders', error);
    }
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts;
    while (!this.#stopped.signal.aborted) {
      await this.look();
      await clock.sleep(INTERVAL_MS, this.#stopped.signal);
    }
  }
}

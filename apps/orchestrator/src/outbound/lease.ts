import { Worker } from 'node:worker_threads';
import { FencedError, type Lease } from '../application/engine/ports.ts';

/** By the database's clock. */
export const LEASE_MS = 10_000;
export const RENEW_INTERVAL_MS = 1_000;
/** How long the main loop may stand still before its process is ended. */
export const STALL_MS_MAX = 3_000;
/** No effect starts in the last second of the lease. */
const MARGIN_MS = 1_000;

export interface LeaseThreadInput {
  databaseUrl: string;
  workerId: string;
  /** Two 64-bit cells in ms of the monotonic clock: the end of the lease, the last beat of the main loop. */
  shared: SharedArrayBuffer;
}

/** The lease of this process, kept by a thread of its own. */
export class ThreadLease implements Lease {
  readonly #clocks: BigInt64Array;
  readonly #thread: Worker;
  readonly #beat: NodeJS.Timeout;
  #isFenced = false;

  constructor(databaseUrl: string, workerId: string, onFenced: () => void) {
    const shared = new SharedArrayBuffer(16);
    this.#clocks = new BigInt64Array(shared);
    Atomics.store(this.#clocks, 1, nowMs());
    this.#beat = setInterval(() => Atomics.store(this.#clocks, 1, nowMs()), 250);
    const file = import.meta.url.endsWith('.ts') ? './lease-thread.ts' : './lease-thread.js';
    const workerData: LeaseThreadInput = { databaseUrl, workerId, shared };
    this.#thread = new Worker(new URL(file, import.meta.url), { workerData });
    this.#thread.on('message', (message: unknown) => {
      if (message === 'fenced' && !this.#isFenced) {
        this.#isFenced = true;
        onFenced();
      }
    });
  }

  async beforeEffect(): Promise<void> {
    for (;;) {
      if (this.#isFenced) throw new FencedError();
      const end = Atomics.load(this.#clocks, 0);
      if (nowMs() < end - BigInt(MARGIN_MS)) return;
      const renewed = Atomics.waitAsync(this.#clocks, 0, end, RENEW_INTERVAL_MS);
      if (renewed.async) await renewed.value;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#beat);
    await this.#thread.terminate();
  }
}

const nowMs = (): bigint => process.hrtime.bigint() / 1_000_000n;

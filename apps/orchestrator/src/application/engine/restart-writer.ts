import type { FlushLedger } from './flush-ledger.ts';
import type { Relay } from './relay.ts';
import {
  FencedError,
  StoreDataError,
  type Clock,
  type EngineObserver,
  type EngineStore,
  type Restart,
  type RestartResult,
} from './ports.ts';

interface WriterParts {
  workerId: string;
  store: Pick<EngineStore, 'restart' | 'wasCommitted'>;
  ledger: FlushLedger;
  relay: Relay;
  clock: Clock;
  observer: EngineObserver;
  onFenced: () => void;
}

/** How long a restart is tried while the store cannot be reached; the caller's deadline is about as long. */
const GIVE_UP_MS = 8_000;

/** Restarts ended runs, one at a time: nobody restarts by the thousand. */
export class RestartWriter {
  readonly #parts: WriterParts;
  readonly #underWay = new Set<Promise<RestartResult>>();

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** Resolves with the durable verdict; rejects when the store could not be reached. */
  async restart(restart: Restart): Promise<RestartResult> {
    const done = this.#untilAnswered(restart, this.#parts.ledger.begin());
    this.#underWay.add(done);
    try {
      return await done;
    } finally {
      this.#underWay.delete(done);
    }
  }

  async idle(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  /** After a lost answer the store is asked whether it was written, before it is written again. */
  async #untilAnswered(restart: Restart, flushNo: number): Promise<RestartResult> {
    const { workerId, store, ledger, clock, observer } = this.#parts;
    const giveUpAt = clock.now() + GIVE_UP_MS;
    for (let retryMs = 20, isRepeat = false; ; isRepeat = true) {
      try {
        const { runId } = restart;
        if (isRepeat && (await store.wasCommitted(workerId, flushNo)))
          return this.#told(restart, flushNo, { kind: 'restarted', ticket: { runId, enqueueNo: null } });
        const result = await store.restart(workerId, flushNo, restart);
        if (result === 'fenced') throw this.#fenced();
        if (result.kind === 'restarted') return this.#told(restart, flushNo, result);
        // A first try that was lost may still turn up.
        if (isRepeat) ledger.lose(flushNo, clock.now());
        else ledger.close(flushNo);
        return result;
      } catch (error) {
        if (error instanceof FencedError) throw error;
        ledger.lose(flushNo, clock.now());
        if (error instanceof StoreDataError || clock.now() > giveUpAt) throw error;
        observer.trouble('restarting a run', error);
        await clock.sleep(retryMs);
        retryMs = Math.min(retryMs * 2, 1_000);
      }
    }
  }

  #told(
    { row }: Restart,
    flushNo: number,
    result: Extract<RestartResult, { kind: 'restarted' }>,
  ): RestartResult {
    this.#parts.relay.enqueue({ flushNo, rows: [row], tickets: [result.ticket] });
    return result;
  }

  #fenced(): FencedError {
    this.#parts.onFenced();
    return new FencedError();
  }
}

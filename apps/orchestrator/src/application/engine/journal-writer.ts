import { GroupCommit } from './group-commit.ts';
import type { FlushLedger } from './flush-ledger.ts';
import type { Relay } from './relay.ts';
import {
  FencedError,
  StoreDataError,
  type Clock,
  type EngineObserver,
  type EngineStore,
  type FinishedRun,
  type Flush,
  type JournalRow,
  type ReleasedRun,
} from './ports.ts';

/** What one run adds to the journal at a time. */
export interface JournalEntry {
  runId: string;
  rows: JournalRow[];
  finished?: FinishedRun;
  released?: ReleasedRun;
  handledSignals?: string[];
  /** Keys of messages that are received with it. */
  received?: string[];
}

interface WriterParts {
  workerId: string;
  store: Pick<EngineStore, 'flush' | 'wasCommitted'>;
  ledger: FlushLedger;
  relay: Relay;
  clock: Clock;
  observer: EngineObserver;
  onFenced: () => void;
}

const RETRY_MS_MAX = 1_000;

/** The one writer of a process: everything its runs journal passes here and is committed in groups. */
export class JournalWriter {
  readonly #parts: WriterParts;
  readonly #group: GroupCommit<JournalEntry, void>;
  /** Runs of which something was refused: nothing more of them is written, or their journal would have a hole. */
  readonly #refused = new Map<string, unknown>();
  #deletedUpTo = 0;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#group = new GroupCommit((batch) => this.#commit(batch));
  }

  /** Resolves when the entry is durable; rejects with FencedError or, for this entry alone, StoreDataError. */
  add(entry: JournalEntry): Promise<void> {
    return this.#group.add(entry);
  }

  /** Deletes what the store keeps of published flushes when no other flush does it. */
  async tidy(): Promise<void> {
    if (this.#parts.ledger.closedUpTo() > this.#deletedUpTo) await this.add({ runId: '', rows: [] });
  }

  /** Resolves when all that was added of the run is written or refused: it may come back with a journal read anew. */
  async leave(runId: string): Promise<void> {
    await this.add({ runId, rows: [] }).catch(() => undefined);
    this.#refused.delete(runId);
  }

  idle(): Promise<void> {
    return this.#group.idle();
  }

  /** Writes the batch; content the store refuses is found by halving, so that only the offender's run fails. */
  async #commit(batch: JournalEntry[]): Promise<PromiseSettledResult<void>[]> {
    const { ledger, relay, workerId } = this.#parts;
    const flushNo = ledger.begin();
    const wanted =
      this.#refused.size === 0 ? batch : batch.filter((entry) => !this.#refused.has(entry.runId));
    const flush = toFlush(workerId, flushNo, wanted, ledger.closedUpTo());
    try {
      await this.#untilAnswered(flush);
    } catch (error) {
      ledger.close(flushNo);
      if (!(error instanceof StoreDataError)) throw error;
      if (batch.length > 1) return this.#commitHalves(batch);
      for (const { runId } of batch) this.#refused.set(runId, error);
      throw error;
    }
    this.#deletedUpTo = flush.publishedUpTo;
    if (flush.rows.length === 0) this.#closeEmpty(flushNo);
    else relay.enqueue({ flushNo, rows: flush.rows, tickets: [] });
    return batch.map(({ runId }) =>
      this.#refused.has(runId)
        ? { status: 'rejected', reason: this.#refused.get(runId) }
        : { status: 'fulfilled', value: undefined },
    );
  }

  /** The store keeps nothing of an empty flush: it is no reason for another one. */
  #closeEmpty(flushNo: number): void {
    this.#parts.ledger.close(flushNo);
    if (this.#deletedUpTo === flushNo - 1) this.#deletedUpTo = flushNo;
  }

  async #commitHalves(batch: JournalEntry[]): Promise<PromiseSettledResult<void>[]> {
    const middle = Math.ceil(batch.length / 2);
    const results: PromiseSettledResult<void>[] = [];
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
      try {
        results.push(...(await this.#commit(half)));
      } catch (reason) {
        results.push(...half.map(() => ({ status: 'rejected' as const, reason })));
      }
    }
    return results;
  }

  /**
   * Writes until there is an answer. A lost one leaves the outcome open, so the store is asked before anything is
   * written again; a repeat that is refused may have met its own rows, so the store is asked then too.
   */
  async #untilAnswered(flush: Flush): Promise<void> {
    const { store, clock, observer, onFenced } = this.#parts;
    let refusal: StoreDataError | undefined;
    for (let retryMs = 20, isRepeat = false; ; isRepeat = true) {
      try {
        if (isRepeat && (await store.wasCommitted(flush.workerId, flush.flushNo))) return;
        if (refusal !== undefined) break;
        if ((await store.flush(flush)) === 'committed') return;
        onFenced();
        throw new FencedError();
      } catch (error) {
        if (error instanceof FencedError) throw error;
        if (error instanceof StoreDataError) {
          refusal = error;
          continue;
        }
        observer.trouble('writing the journal', error);
        await clock.sleep(retryMs);
        retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
      }
    }
    throw refusal;
  }
}

function toFlush(workerId: string, flushNo: number, batch: JournalEntry[], publishedUpTo: number): Flush {
  return {
    workerId,
    flushNo,
    publishedUpTo,
    rows: batch.flatMap((entry) => entry.rows),
    finished: batch.flatMap((entry) => entry.finished ?? []),
    released: batch.flatMap((entry) => entry.released ?? []),
    handledSignals: batch.flatMap((entry) => entry.handledSignals ?? []),
    received: batch.flatMap((entry) => entry.received ?? []),
  };
}

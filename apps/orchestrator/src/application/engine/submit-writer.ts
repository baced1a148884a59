import { GroupCommit } from './group-commit.ts';
import type { FlushLedger } from './flush-ledger.ts';
import type { Relay } from './relay.ts';
import {
  FencedError,
  StoreDataError,
  type Clock,
  type EngineObserver,
  type EngineStore,
  type JournalRow,
  type Submission,
  type SubmitResult,
  type Ticket,
} from './ports.ts';

interface WriterParts {
  workerId: string;
  store: EngineStore;
  ledger: FlushLedger;
  relay: Relay;
  clock: Clock;
  observer: EngineObserver;
  onFenced: () => void;
}

/** How long a submit is tried while the store cannot be reached; the caller's deadline is about as long. */
const GIVE_UP_MS = 8_000;

/** Admits goals in groups: all that is pending is judged and written in one transaction. */
export class SubmitWriter {
  readonly #parts: WriterParts;
  readonly #group: GroupCommit<Submission, SubmitResult>;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#group = new GroupCommit((batch) => this.#commit(batch), 200);
  }

  /** Resolves when the verdict is durable; rejects when the store could not be reached. */
  add(submission: Submission): Promise<SubmitResult> {
    return this.#group.add(submission);
  }

  idle(): Promise<void> {
    return this.#group.idle();
  }

  async #commit(batch: Submission[]): Promise<PromiseSettledResult<SubmitResult>[]> {
    try {
      const results = await this.#untilAnswered(batch);
      return results.map((value) => ({ status: 'fulfilled', value }));
    } catch (error) {
      if (!(error instanceof StoreDataError) || batch.length === 1) throw error;
      return this.#commitOneByOne(batch);
    }
  }

  /** After a refusal of the whole batch: only the offender fails. */
  async #commitOneByOne(batch: Submission[]): Promise<PromiseSettledResult<SubmitResult>[]> {
    const results: PromiseSettledResult<SubmitResult>[] = [];
    for (const submission of batch)
      results.push(...(await Promise.allSettled([this.#commit([submission]).then(first)])));
    return results;
  }

  /**
   * Tries until there is an answer. A repeat after a lost one meets its own runs if the first try did commit, and
   * answers them; their events are found in the store and published from there.
   */
  async #untilAnswered(batch: Submission[]): Promise<SubmitResult[]> {
    const { workerId, store, ledger, relay, clock, observer, onFenced } = this.#parts;
    const giveUpAt = clock.now() + GIVE_UP_MS;
    for (let retryMs = 20; ; retryMs = Math.min(retryMs * 2, 1_000)) {
      const flushNo = ledger.begin();
      try {
        const results = await store.submit(workerId, flushNo, batch);
        if (results === 'fenced') {
          onFenced();
          throw new FencedError();
        }
        relay.enqueue({ flushNo, ...toTell(batch, results) });
        return results;
      } catch (error) {
        if (error instanceof FencedError || error instanceof StoreDataError) {
          ledger.close(flushNo);
          throw error;
        }
        ledger.lose(flushNo, clock.now());
        if (clock.now() > giveUpAt) throw error;
        observer.trouble('submitting runs', error);
        await clock.sleep(retryMs);
      }
    }
  }
}

function first<T>(results: PromiseSettledResult<T>[]): T {
  const [result] = results;
  if (result?.status === 'fulfilled') return result.value;
  throw result?.reason;
}

function toTell(batch: Submission[], results: SubmitResult[]): { rows: JournalRow[]; tickets: Ticket[] } {
  const rows: JournalRow[] = [];
  const tickets: Ticket[] = [];
  results.forEach((result, index) => {
    const submission = batch[index];
    if (result.kind !== 'admitted' || submission === undefined) return;
    const { runId, tenantId, agentId, traceparent } = submission;
    for (const event of result.events) rows.push({ runId, tenantId, agentId, traceparent, event });
    tickets.push({ runId, enqueueNo: 1 });
  });
  return { rows, tickets };
}

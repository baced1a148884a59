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
  /** Slots that may be filled on the way in. */
  freeSlots: () => number;
  /** Called with each admitted run before its submit is answered. */
  onAdmitted: (submission: Submission, result: Admitted) => void;
  /** A submit whose answer was lost may have made this process the owner of runs it does not know of. */
  onLost: () => void;
}

type Admitted = Extract<SubmitResult, { kind: 'admitted' }>;

/** How long a submit is tried while the store cannot be reached; the caller's deadline is about as long. */
const GIVE_UP_MS = 8_000;

/** Admits goals in groups: all that is pending is judged and written in one transaction. */
export class SubmitWriter {
  readonly #parts: WriterParts;
  readonly #group: GroupCommit<Submission, SubmitResult>;
  readonly #underWay = new Set<string>();
  #offeredSlots = 0;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#group = new GroupCommit((batch) => this.#commit(batch), 200);
  }

  /** Resolves when the verdict is durable; rejects when the store could not be reached. */
  add(submission: Submission): Promise<SubmitResult> {
    return this.#group.add(submission);
  }

  /** Slots that a submit under way may fill. */
  get offeredSlots(): number {
    return this.#offeredSlots;
  }

  /** Whether the verdict on this run is still to come. */
  isUnderWay(runId: string): boolean {
    return this.#underWay.has(runId);
  }

  idle(): Promise<void> {
    return this.#group.idle();
  }

  async #commit(batch: Submission[]): Promise<PromiseSettledResult<SubmitResult>[]> {
    for (const { runId } of batch) this.#underWay.add(runId);
    try {
      const results = await this.#untilAnswered(batch);
      this.#announce(batch, results);
      return results.map((value) => ({ status: 'fulfilled', value }));
    } catch (error) {
      if (!(error instanceof StoreDataError) || batch.length === 1) throw error;
      return this.#commitOneByOne(batch);
    } finally {
      for (const { runId } of batch) this.#underWay.delete(runId);
    }
  }

  #announce(batch: Submission[], results: SubmitResult[]): void {
    results.forEach((result, index) => {
      const submission = batch[index];
      if (result.kind === 'admitted' && submission !== undefined) this.#parts.onAdmitted(submission, result);
    });
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
      this.#offeredSlots = Math.max(0, Math.min(batch.length, this.#parts.freeSlots()));
      try {
        const results = await store.submit(workerId, flushNo, batch, this.#offeredSlots);
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
        this.#parts.onLost();
        if (clock.now() > giveUpAt) throw error;
        observer.trouble('submitting runs', error);
        await clock.sleep(retryMs);
      } finally {
        this.#offeredSlots = 0;
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
    if (submission.startAt === null) tickets.push({ runId, enqueueNo: 1 });
  });
  return { rows, tickets };
}

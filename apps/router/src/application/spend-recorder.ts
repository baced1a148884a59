import type { Clock, LlmObserver, PaidCall, SpendStore } from './ports.ts';

interface SpendRecorderParts {
  spends: Pick<SpendStore, 'record'>;
  clock: Clock;
  observer: LlmObserver;
  /** Called after each record: there are events to be published. */
  onRecorded: () => void;
  /** How long a database that is away is waited for. Default 5 minutes. */
  patienceMs?: number;
}

interface Waiting {
  call: PaidCall;
  giveUpAtMs: number;
  resolve: (isRecorded: boolean) => void;
}

const PATIENCE_MS = 300_000;
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 1_000;
/** Spends of one transaction. */
const BATCH_MAX = 500;

/**
 * Records what was paid for: all that waits in one transaction, and again as soon as that is there, without a timer.
 * While the database is away it tries again for some minutes: the money is spent, and a reply that is handed out but not
 * kept would be paid again by whoever asks for it after a crash. What cannot be recorded at all is told to the log with
 * all its figures.
 */
export class SpendRecorder {
  readonly #parts: SpendRecorderParts;
  readonly #givingUp = new AbortController();
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  constructor(parts: SpendRecorderParts) {
    this.#parts = parts;
  }

  /** Whether it is recorded. Never rejects. */
  record(call: PaidCall): Promise<boolean> {
    const { clock, patienceMs = PATIENCE_MS } = this.#parts;
    return new Promise((resolve) => {
      this.#waiting.push({ call, giveUpAtMs: clock.now() + patienceMs, resolve });
      this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
    });
  }

  /** The process ends: what is not recorded by now is told to the log. */
  giveUp(): void {
    this.#givingUp.abort();
  }

  /** Resolves when nothing is being recorded. */
  async idle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // What comes in the same turn of the event loop is written together.
    await Promise.resolve();
    let pauseMs = PAUSE_MS_MIN;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX);
      const away = await this.#write(batch);
      if (away === undefined) {
        pauseMs = PAUSE_MS_MIN;
        continue;
      }
      this.#waiting.unshift(...this.#stillPatient(batch, pauseMs, away));
      if (this.#waiting.length === 0) return;
      this.#parts.observer.trouble('recording the spend of a model call', away);
      await this.#parts.clock.sleep(pauseMs, this.#givingUp.signal);
      pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
    }
  }

  /** Undefined when it is done with the batch, else why the database cannot take it now. */
  async #write(batch: Waiting[]): Promise<unknown> {
    const { spends, onRecorded } = this.#parts;
    try {
      const recorded = await spends.record(batch.map(({ call }) => call));
      if (!recorded.ok) return recorded.error;
      onRecorded();
      for (const { resolve } of batch) resolve(true);
      return undefined;
    } catch (error) {
      if (batch.length > 1) return this.#writeHalves(batch);
      for (const waiting of batch) this.#lose(waiting, error);
      return undefined;
    }
  }

  /** Only the one that cannot be written is lost. */
  async #writeHalves(batch: Waiting[]): Promise<unknown> {
    const middle = batch.length >> 1;
    const halves = [batch.slice(0, middle), batch.slice(middle)];
    for (const [at, half] of halves.entries()) {
      const away = await this.#write(half);
      if (away === undefined) continue;
      // The database went away in between: this half and what follows it come again.
      this.#waiting.unshift(...halves.slice(at).flat());
      return undefined;
    }
    return undefined;
  }

  #stillPatient(batch: Waiting[], pauseMs: number, error: unknown): Waiting[] {
    const againAtMs = this.#parts.clock.now() + pauseMs;
    const isOver = this.#givingUp.signal.aborted;
    return batch.filter((waiting) => {
      if (!isOver && againAtMs < waiting.giveUpAtMs) return true;
      this.#lose(waiting, error);
      return false;
    });
  }

  #lose({ call, resolve }: Waiting, error: unknown): void {
    this.#parts.observer.spendLost(call.spend, error);
    resolve(false);
  }
}

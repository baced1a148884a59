import type { Clock, LlmObserver, PaidCall, SpendStore } from './ports.ts';

interface SpendRecorderParts {
  spends: SpendStore;
  clock: Clock;
  observer: LlmObserver;
  /** Called after each record: there is an event to be published. */
  onRecorded: () => void;
  /** How long a database that is away is waited for. Default 5 minutes. */
  patienceMs?: number;
}

const PATIENCE_MS = 300_000;
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 1_000;

/**
 * Records what was paid for. While the database is away it tries again for some minutes: the money is spent, and a reply
 * that is handed out but not kept would be paid again by whoever asks for it after a crash. What cannot be recorded at all
 * is told to the log with all its figures.
 */
export class SpendRecorder {
  readonly #parts: SpendRecorderParts;
  readonly #underWay = new Set<Promise<boolean>>();
  readonly #givingUp = new AbortController();

  constructor(parts: SpendRecorderParts) {
    this.#parts = parts;
  }

  /** Whether it is recorded. Never rejects. */
  record(call: PaidCall): Promise<boolean> {
    const recording = this.#record(call);
    this.#underWay.add(recording);
    return recording.finally(() => this.#underWay.delete(recording));
  }

  /** The process ends: what is not recorded by now is told to the log. */
  giveUp(): void {
    this.#givingUp.abort();
  }

  /** Resolves when nothing is being recorded. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #record(call: PaidCall): Promise<boolean> {
    const { spends, clock, observer, onRecorded, patienceMs = PATIENCE_MS } = this.#parts;
    const giveUpAtMs = clock.now() + patienceMs;
    for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
      try {
        const recorded = await spends.record(call);
        if (recorded.ok) {
          onRecorded();
          return true;
        }
        if (this.#givingUp.signal.aborted || clock.now() + pauseMs >= giveUpAtMs) {
          observer.spendLost(call.spend, recorded.error);
          return false;
        }
        observer.trouble('recording the spend of a model call', recorded.error);
      } catch (error) {
        observer.spendLost(call.spend, error);
        return false;
      }
      await clock.sleep(pauseMs, this.#givingUp.signal);
    }
  }
}

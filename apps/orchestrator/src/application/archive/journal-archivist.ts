import type { CloudEvent } from '@aos/contracts';
import type { Clock, JournalRow } from '../engine/ports.ts';
import type { ArchiveLedger, JournalDay } from './archive-ledger.ts';
import type { ArchiveStore } from './archive-store.ts';
import { isIntact, offloadDay } from './offload-day.ts';

/** What the archivist tells of itself. */
export interface ArchiveObserver {
  archived(day: string): void;
  dropped(day: string): void;
  /** Something is in the way that may go away by itself. */
  heldUp(day: string, reason: string): void;
  /** Out of retries, for now. */
  failed(day: string, reason: string): void;
  forgotRuns(count: number): void;
}

export interface RetentionDays {
  offloadAfterDays: number;
  maxRetries: number;
  keepJournalDays: number;
  keepRunsDays: number;
  /** Of idempotency keys: a run is known at least so long. */
  keepKeysHours: number;
}

interface ArchivistParts {
  ledger: ArchiveLedger;
  store: ArchiveStore;
  toCloudEvent: (row: JournalRow) => CloudEvent;
  clock: Clock;
  observer: ArchiveObserver;
  retention: RetentionDays;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 60_000;
const RUNS_AT_ONCE = 1_000;

/**
 * Takes old days out of the journal. What is so far stands in the ledger alone, so a pass may end anywhere and the next
 * one, of whichever process, goes on; a day that is held up holds up no other.
 */
export class JournalArchivist {
  readonly #parts: ArchivistParts;

  constructor(parts: ArchivistParts) {
    this.#parts = parts;
  }

  /** False: another process is at it. */
  async pass(signal: AbortSignal): Promise<boolean> {
    const { ledger, retention } = this.#parts;
    const done = await ledger.alone(async () => {
      for (const day of await ledger.days(this.#lastDay(retention.offloadAfterDays))) {
        if (signal.aborted) break;
        await this.#advance(day, signal).catch((error: unknown) => this.#tell(day.day, error));
      }
      await this.#forgetRuns(signal);
      return true;
    });
    return done === true;
  }

  /** The last day that ended at least so many days ago. */
  #lastDay(daysAgo: number): string {
    return new Date(this.#parts.clock.now() - (daysAgo + 1) * DAY_MS).toISOString().slice(0, 10);
  }

  #tell(day: string, error: unknown): void {
    this.#parts.observer.heldUp(day, reasonOf(error));
  }

  async #advance(found: JournalDay, signal: AbortSignal): Promise<void> {
    const { ledger, observer } = this.#parts;
    const { day, status } = found;
    if (status === 'dropped') {
      return observer.heldUp(day, 'events that came after it was archived stay in the journal');
    }
    if (status === 'failed' && this.#parts.clock.now() - found.updatedAtMs < DAY_MS) return;
    let sha256 = status === 'verified' ? found.sha256 : undefined;
    if (sha256 === undefined) {
      const hindrance = await ledger.hindrance(day);
      if (hindrance !== undefined) return this.#holdUp(day, hindrance);
      if (!(await this.#offload(found, signal))) return;
      const days = await ledger.days(day);
      sha256 = days.find((other) => other.day === day)?.sha256;
    }
    if (sha256 !== undefined && day <= this.#lastDay(this.#parts.retention.keepJournalDays)) {
      await this.#drop(day, sha256, signal);
    }
  }

  async #holdUp(day: string, reason: string): Promise<void> {
    await this.#parts.ledger.holdUp(day, reason);
    this.#parts.observer.heldUp(day, reason);
  }

  /** Whether the day is verified now. Tries are counted before they begin, so that one that ends its process counts, too. */
  async #offload({ day, status, attempts, exportNo }: JournalDay, signal: AbortSignal): Promise<boolean> {
    const { ledger, observer, clock, retention } = this.#parts;
    let tried = status === 'exporting' ? attempts : 0;
    let latest = { day, exportNo };
    let reason = 'every try ended with its process';
    while (tried <= retention.maxRetries && !signal.aborted) {
      if (tried > 0) await clock.sleep(Math.min(RETRY_MS * 2 ** (tried - 1), RETRY_MS_MAX), signal);
      const attempt = await ledger.begin(day, tried === 0);
      latest = attempt;
      tried = attempt.attempts;
      try {
        await offloadDay(this.#parts, attempt, signal);
        observer.archived(day);
        return true;
      } catch (error) {
        reason = reasonOf(error);
        if (tried <= retention.maxRetries) observer.heldUp(day, reason);
      }
    }
    if (signal.aborted) {
      await ledger.giveUp(latest, 'waiting', 'the process that archived it was stopped');
      return false;
    }
    await ledger.giveUp(latest, 'failed', reason);
    observer.failed(day, reason);
    return false;
  }

  /** The archive is looked at once more: since it was verified days have gone by. */
  async #drop(day: string, sha256: string, signal: AbortSignal): Promise<void> {
    const { ledger, store, observer } = this.#parts;
    if (!(await isIntact(store, day, sha256, signal))) {
      return this.#holdUp(day, 'the archive is no longer what was verified; it is made again');
    }
    const reason = await ledger.drop(day);
    if (reason === undefined) return observer.dropped(day);
    await this.#holdUp(day, reason);
  }

  async #forgetRuns(signal: AbortSignal): Promise<void> {
    const { ledger, clock, observer, retention } = this.#parts;
    const keptMs = Math.max(retention.keepRunsDays * DAY_MS, retention.keepKeysHours * HOUR_MS);
    const finishedBefore = new Date(clock.now() - keptMs);
    let forgotten = 0;
    while (!signal.aborted) {
      const count = await ledger.forgetRuns(finishedBefore, RUNS_AT_ONCE);
      forgotten += count;
      if (count < RUNS_AT_ONCE) break;
    }
    if (forgotten > 0) observer.forgotRuns(forgotten);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

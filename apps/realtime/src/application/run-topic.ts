import { setTimeout as delay } from 'node:timers/promises';
import { succeed, type StructuredOutcome } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { RunEvent } from '../domain/run-event.ts';
import { Splice } from '../domain/splice.ts';
import { findEnd } from './find-end.ts';
import type { LiveEvents, RunJournal, RunPlace, TopicWatcher } from './ports.ts';

export interface TopicSources {
  journal: RunJournal;
  live: LiveEvents;
  logger: Logger;
}

const FILL_DELAY_MS_MAX = 5_000;
/** Without an event for so long, the journal is asked once whether a live copy was lost; then ever more rarely. */
const QUIET_MS = 30_000;
const QUIET_MS_MAX = 300_000;

/** A run as all its watchers in this process see it: one live subscription, its holes filled once from the journal. */
export class RunTopic {
  readonly place: RunPlace;
  readonly #sources: TopicSources;
  readonly #watchers = new Set<TopicWatcher>();
  readonly #closed = new AbortController();
  readonly #stopLive: () => void;
  #splice: Splice<RunEvent> | undefined;
  #seenBeforeOpen = 0;
  #isFillWanted = false;
  #isFilling = false;
  #hasEnded = false;
  #quietMs = QUIET_MS;
  #quietTimer: NodeJS.Timeout | undefined;

  constructor(place: RunPlace, sources: TopicSources) {
    this.place = place;
    this.#sources = sources;
    // Before the journal is read, so that no event can fall between the two.
    this.#stopLive = sources.live.subscribe(place, (event) => this.#onLive(event));
  }

  /** Finds where the run is now; fails with `not_found` for a run that the tenant does not have. */
  async open(): Promise<StructuredOutcome<void>> {
    const end = await findEnd(this.#sources.journal, this.place);
    if (!end.ok) return end;
    this.#splice = new Splice(end.value);
    this.#splice.note(this.#seenBeforeOpen);
    this.#watchQuiet();
    if (this.#splice.isIncomplete) this.fill();
    return succeed(undefined);
  }

  /** The seq of the last event that watchers were given. */
  get position(): number {
    return this.#splice?.position ?? 0;
  }

  /** From now on the watcher receives every event after `position`. */
  join(watcher: TopicWatcher): void {
    this.#watchers.add(watcher);
  }

  leave(watcher: TopicWatcher): void {
    this.#watchers.delete(watcher);
  }

  /** Reads what the journal has after `position`; repeated until it succeeds. */
  fill(): void {
    this.#isFillWanted = true;
    if (this.#isFilling || this.#hasEnded || this.#splice === undefined) return;
    void this.#fillUntilDone();
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#quietTimer);
    this.#stopLive();
  }

  #onLive(event: RunEvent): void {
    if (this.#splice === undefined) {
      this.#seenBeforeOpen = Math.max(this.#seenBeforeOpen, event.seq);
      return;
    }
    this.#pass(this.#splice.live(event));
    if (this.#splice.isIncomplete) this.fill();
  }

  async #fillUntilDone(): Promise<void> {
    this.#isFilling = true;
    let delayMs = 50;
    while (this.#isFillWanted && !this.#closed.signal.aborted) {
      this.#isFillWanted = false;
      const before = this.position;
      const isAtEnd = await this.#readOn();
      this.#isFillWanted ||= !isAtEnd || this.#splice?.isIncomplete === true;
      if (this.position > before) delayMs = 50;
      else if (this.#isFillWanted) await this.#pause((delayMs = Math.min(delayMs * 2, FILL_DELAY_MS_MAX)));
    }
    this.#isFilling = false;
  }

  /** Reads one page; true: nothing is left to be read. */
  async #readOn(): Promise<boolean> {
    const page = await this.#sources.journal.read(this.place, this.position);
    if (this.#closed.signal.aborted) return true;
    if (page.ok) {
      this.#pass(this.#splice?.history(page.value.events) ?? []);
      return page.value.isEnd;
    }
    this.#sources.logger.warn({ run_id: this.place.runId, error: page.error }, 'journal not read');
    return !page.error.retryable;
  }

  #pass(events: RunEvent[]): void {
    for (const event of events) {
      for (const watcher of this.#watchers) watcher.deliver(event);
    }
    if (events.length === 0) return;
    this.#hasEnded = events.at(-1)?.isLast === true;
    this.#quietMs = QUIET_MS;
    this.#watchQuiet();
  }

  /** The server may lose a live copy without a sign; were it the last of a run, its watchers would wait for ever. */
  #watchQuiet(): void {
    clearTimeout(this.#quietTimer);
    if (this.#hasEnded || this.#closed.signal.aborted) return;
    this.#quietTimer = setTimeout(() => {
      this.#quietMs = Math.min(this.#quietMs * 2, QUIET_MS_MAX);
      this.fill();
      this.#watchQuiet();
    }, this.#quietMs).unref();
  }

  async #pause(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.#closed.signal, ref: false }).catch(() => undefined);
  }
}

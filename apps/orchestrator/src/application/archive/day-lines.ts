import type { CloudEvent } from '@aos/contracts';
import type { JournalRow } from '../engine/ports.ts';
import type { ArchiveLedger, DayRow } from './archive-ledger.ts';
import type { ArchiveLine } from './gzip-run.ts';

/** Rows have at most 32 KB of payload. */
const ROWS_AT_ONCE = 250;
const FIRST = { runId: '00000000-0000-0000-0000-000000000000', seq: 0 };

/** The rows of a day as lines, page by page, and what was seen while they went by. */
export class DayLines {
  readonly #ledger: ArchiveLedger;
  readonly #toCloudEvent: (row: JournalRow) => CloudEvent;
  readonly #engineVersions = new Set<number>();
  events = 0;
  firstEventAt: string | null = null;
  lastEventAt: string | null = null;

  constructor(ledger: ArchiveLedger, toCloudEvent: (row: JournalRow) => CloudEvent) {
    this.#ledger = ledger;
    this.#toCloudEvent = toCloudEvent;
  }

  get engineVersions(): number[] {
    return [...this.#engineVersions].sort((a, b) => a - b);
  }

  async *of(day: string, signal: AbortSignal): AsyncGenerator<ArchiveLine> {
    let after = FIRST;
    for (;;) {
      signal.throwIfAborted();
      const page = await this.#ledger.rows(day, after, ROWS_AT_ONCE);
      for (const found of page) yield this.#lineOf(found);
      const last = page.at(-1)?.row;
      if (last === undefined || page.length < ROWS_AT_ONCE) return;
      after = { runId: last.runId, seq: last.event.seq };
    }
  }

  #lineOf({ row, engineVersion, dataKey }: DayRow): ArchiveLine {
    const { runId, tenantId, event } = row;
    this.events += 1;
    this.#engineVersions.add(engineVersion);
    if (this.firstEventAt === null || event.time < this.firstEventAt) this.firstEventAt = event.time;
    if (this.lastEventAt === null || event.time > this.lastEventAt) this.lastEventAt = event.time;
    return { runId, tenantId, line: JSON.stringify({ ...this.#toCloudEvent(row), datakey: dataKey }) };
  }
}

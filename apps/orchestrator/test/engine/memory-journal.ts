import { StoreDataError, type Flush, type JournalRow } from '../../src/application/engine/ports.ts';
import { holdsNul } from './memory-run.ts';
import type { RunEvent } from '../../src/domain/run/state.ts';

/** Events of a run from one run_seq to another. */
export type Span = [runId: string, firstSeq: number, lastSeq: number];

/** The journals of all runs; a run_seq is taken once. */
export class MemoryJournal {
  readonly #runs = new Map<string, Map<number, JournalRow>>();

  append(row: JournalRow): void {
    const journal = this.#runs.get(row.runId) ?? new Map<number, JournalRow>();
    journal.set(row.event.seq, frozen(row));
    this.#runs.set(row.runId, journal);
  }

  /** Whether one of the rows would take a place twice. */
  isTaken(rows: readonly JournalRow[]): boolean {
    const places = rows.map(({ runId, event }) => `${runId}/${event.seq}`);
    if (new Set(places).size < places.length) return true;
    return rows.some(({ runId, event }) => this.event(runId, event.seq) !== undefined);
  }

  event(runId: string, seq: number): RunEvent | undefined {
    return this.#runs.get(runId)?.get(seq)?.event;
  }

  lastSeq(runId: string): number {
    return Math.max(0, ...(this.#runs.get(runId)?.keys() ?? []));
  }

  /** In order of run_seq. */
  events(runId: string): RunEvent[] {
    return this.rows([runId, 1, Infinity]).map(({ event }) => event);
  }

  rows([runId, first, last]: Span): JournalRow[] {
    return [...(this.#runs.get(runId)?.values() ?? [])]
      .filter(({ event }) => event.seq >= first && event.seq <= last)
      .toSorted((a, b) => a.event.seq - b.event.seq);
  }
}

/** What the rows of a flush span, per run. */
export function spansOf(rows: readonly JournalRow[]): Span[] {
  return [...Map.groupBy(rows, ({ runId }) => runId)].map(([runId, own]) => {
    const seqs = own.map(({ event }) => event.seq);
    return [runId, Math.min(...seqs), Math.max(...seqs)];
  });
}

/** What is written stays as it is: whoever changes it later has a bug, and throws. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

/** What a database would not take. */
export function refuseUnfit(journals: MemoryJournal, { rows, released }: Flush): void {
  if (journals.isTaken(rows)) throw new StoreDataError('duplicate run_seq');
  if (holdsNul(released) || rows.some(({ event }) => holdsNul(event.data))) throw new StoreDataError('NUL');
}

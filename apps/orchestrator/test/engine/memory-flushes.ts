import type { Ticket } from '../../src/application/engine/ports.ts';
import type { Span } from './memory-journal.ts';

/** A flush whose events may not be published yet. */
export interface Kept {
  workerId: string;
  flushNo: number;
  spans: Span[];
  tickets: Ticket[];
}

/** What processes have committed and have yet to publish. */
export class MemoryFlushes {
  readonly #kept = new Map<string, Kept>();

  get size(): number {
    return this.#kept.size;
  }

  keep(kept: Kept): void {
    this.#kept.set(`${kept.workerId}/${kept.flushNo}`, kept);
  }

  has(workerId: string, flushNo: number): boolean {
    return this.#kept.has(`${workerId}/${flushNo}`);
  }

  delete(workerId: string, flushNo: number): void {
    this.#kept.delete(`${workerId}/${flushNo}`);
  }

  deleteUpTo(workerId: string, flushNo: number): void {
    for (const [key, kept] of this.#kept) {
      if (kept.workerId === workerId && kept.flushNo <= flushNo) this.#kept.delete(key);
    }
  }

  inOrder(): Kept[] {
    return [...this.#kept.values()].toSorted(
      (a, b) => a.workerId.localeCompare(b.workerId) || a.flushNo - b.flushNo,
    );
  }
}

/** How long a transaction whose connection was lost may still commit. */
export const LOST_MS = 30_000;

/** Numbers the flushes of a process and knows up to which of them everything is published. */
export class FlushLedger {
  readonly #open = new Set<number>();
  readonly #lost = new Map<number, number>();
  #last = 0;
  #closedUpTo = 0;

  begin(): number {
    this.#last += 1;
    this.#open.add(this.#last);
    return this.#last;
  }

  /** The flush is published, or never came to be. */
  close(flushNo: number): void {
    this.#open.delete(flushNo);
    this.#lost.delete(flushNo);
  }

  /** The answer was lost: whether the flush was committed is to be seen in the store. */
  lose(flushNo: number, nowMs: number): void {
    this.#lost.set(flushNo, nowMs);
  }

  lost(): number[] {
    return [...this.#lost.keys()];
  }

  /** Closes lost flushes that can no longer turn up. */
  forgetLost(nowMs: number): void {
    for (const [flushNo, lostAtMs] of this.#lost) {
      if (nowMs - lostAtMs > LOST_MS) this.close(flushNo);
    }
  }

  /** Every flush up to this one is closed. Flushes close nearly in order, so the search is short. */
  closedUpTo(): number {
    while (this.#closedUpTo < this.#last && !this.#open.has(this.#closedUpTo + 1)) this.#closedUpTo += 1;
    return this.#closedUpTo;
  }
}

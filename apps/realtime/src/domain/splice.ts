/** Something with a place in a dense sequence that starts at 1. */
export interface Sequenced {
  seq: number;
}

/**
 * Makes one sequence, each event once and in order, out of live events (which may repeat, jump or come late)
 * and pages of history (which are complete). Where live events jump it is incomplete until history is read
 * after `position`.
 */
export class Splice<E extends Sequenced> {
  #position: number;
  #highest: number;
  readonly #ahead = new Map<number, E>();
  readonly #aheadMax: number;

  /** `aheadMax`: live events kept beyond a hole; more are let go, history brings them. */
  constructor(position: number, aheadMax = 1000) {
    this.#position = position;
    this.#highest = position;
    this.#aheadMax = aheadMax;
  }

  /** The seq of the last event passed on. */
  get position(): number {
    return this.#position;
  }

  /** Whether an event is known to exist that could not be passed on yet. */
  get isIncomplete(): boolean {
    return this.#highest > this.#position;
  }

  /** Says that events up to `seq` exist. */
  note(seq: number): void {
    this.#highest = Math.max(this.#highest, seq);
  }

  /** Takes a live event; returns what can be passed on now. */
  live(event: E): E[] {
    this.note(event.seq);
    if (event.seq <= this.#position) return [];
    if (event.seq === this.#position + 1) return [this.#pass(event), ...this.#passAhead()];
    if (this.#ahead.size < this.#aheadMax) this.#ahead.set(event.seq, event);
    return [];
  }

  /** Takes what history has after some earlier or the current `position`; returns what can be passed on now. */
  history(events: readonly E[]): E[] {
    const fresh: E[] = [];
    for (const event of events) {
      if (event.seq > this.#position) fresh.push(this.#pass(event));
    }
    return [...fresh, ...this.#passAhead()];
  }

  #pass(event: E): E {
    this.#position = event.seq;
    this.note(event.seq);
    this.#ahead.delete(event.seq);
    return event;
  }

  #passAhead(): E[] {
    const passed: E[] = [];
    let next = this.#ahead.get(this.#position + 1);
    while (next !== undefined) {
      passed.push(this.#pass(next));
      next = this.#ahead.get(this.#position + 1);
    }
    return passed;
  }
}

/** How many frames a client may send: a bucket that refills. A bad frame costs as much as many good ones. */
export class FrameAllowance {
  readonly #capacity: number;
  #tokens: number;
  #refilledAtMs: number;

  constructor(capacity: number, nowMs: number) {
    this.#capacity = capacity;
    this.#tokens = capacity;
    this.#refilledAtMs = nowMs;
  }

  /** Whether a frame at `nowMs` is still within the allowance; ten bad ones at once empty it, ten seconds fill it. */
  spend(frame: 'good' | 'bad', nowMs: number): boolean {
    const refill = ((nowMs - this.#refilledAtMs) / 10_000) * this.#capacity;
    this.#tokens = Math.min(this.#capacity, this.#tokens + refill);
    this.#refilledAtMs = nowMs;
    this.#tokens -= frame === 'good' ? 1 : this.#capacity / 10;
    return this.#tokens >= 0;
  }
}

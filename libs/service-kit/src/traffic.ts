/** What the service is busy with over HTTP, and whether it still wants more. */
export class Traffic {
  #inFlight = 0;
  #isDraining = false;
  #onIdle: (() => void) | undefined;

  get isDraining(): boolean {
    return this.#isDraining;
  }

  begin(): void {
    this.#inFlight += 1;
  }

  end(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  /** From now on readiness is refused; resolves when nothing is in flight. */
  drain(): Promise<void> {
    this.#isDraining = true;
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }
}

const NOTHING = (): void => undefined;

/**
 * Happens at most once, and work under way hears of it. Most steps do not listen, and an AbortSignal costs more than a
 * small one does: it is made where one is asked for.
 */
export class Interruption {
  readonly #listeners = new Set<() => void>();
  #controller: AbortController | undefined;
  #isRaised = false;

  get isRaised(): boolean {
    return this.#isRaised;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isRaised) this.#controller.abort();
    return this.#controller.signal;
  }

  raise(): void {
    if (this.#isRaised) return;
    this.#isRaised = true;
    this.#controller?.abort();
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** Calls back when it is raised, at once where it is; answers the function that forgets the listener. */
  onRaised(listener: () => void): () => void {
    if (this.#isRaised) {
      listener();
      return NOTHING;
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Of calls that no cut ends. */
export const NEVER = new Interruption();

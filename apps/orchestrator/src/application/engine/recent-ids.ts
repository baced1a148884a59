/** Remembers at least the last `atLeast` ids it was told, and at most twice as many. */
export class RecentIds {
  readonly #atLeast: number;
  #young = new Set<string>();
  #old: ReadonlySet<string> = new Set();

  constructor(atLeast: number) {
    this.#atLeast = atLeast;
  }

  add(id: string): void {
    this.#young.add(id);
    if (this.#young.size < this.#atLeast) return;
    this.#old = this.#young;
    this.#young = new Set();
  }

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id);
  }
}

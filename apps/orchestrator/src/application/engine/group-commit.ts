interface Entry<T, R> {
  item: T;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/**
 * Commits everything that is pending in one go, and starts again as soon as that is done: under load batches grow by
 * themselves, idle there is no delay. One commit at a time, in the order of `add`.
 */
export class GroupCommit<T, R> {
  readonly #commit: (batch: T[]) => Promise<PromiseSettledResult<R>[]>;
  readonly #batchMax: number;
  #pending: Entry<T, R>[] = [];
  #running: Promise<void> | undefined;

  /** `commit` answers one result per item, in order; when it rejects, every item of the batch is rejected. */
  constructor(commit: (batch: T[]) => Promise<PromiseSettledResult<R>[]>, batchMax = 1000) {
    this.#commit = commit;
    this.#batchMax = batchMax;
  }

  /** Resolves when the item is durable. */
  add(item: T): Promise<R> {
    const done = new Promise<R>((resolve, reject) => this.#pending.push({ item, resolve, reject }));
    this.#running ??= this.#run();
    return done;
  }

  /** Resolves when nothing is pending. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // what is added in the same turn goes into the same batch
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0, this.#batchMax);
      try {
        const results = await this.#commit(batch.map(({ item }) => item));
        batch.forEach((entry, index) => settle(entry, results[index]));
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
    }
    this.#running = undefined;
  }
}

function settle<T, R>(entry: Entry<T, R>, result: PromiseSettledResult<R> | undefined): void {
  if (result?.status === 'fulfilled') entry.resolve(result.value);
  else entry.reject(result?.reason ?? new Error('the commit answered fewer results than items'));
}

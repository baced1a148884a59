import { fail, succeed, type StructuredOutcome } from '@aos/contracts';
import { identityOf, type UsageEntry } from '../domain/usage-entry.ts';
import type { UsageLedger } from './ports.ts';

interface Waiting {
  entry: UsageEntry;
  resolve: (outcome: StructuredOutcome<boolean>) => void;
  reject: (error: unknown) => void;
}

const BATCH_ENTRIES = 200;

/**
 * Counts usage, whichever way it comes. What comes while a transaction is under way shares the next one: under load the
 * sums of a day, which all touch, are written once per batch.
 */
export class UsageCounter {
  readonly #ledger: UsageLedger;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(ledger: UsageLedger) {
    this.#ledger = ledger;
  }

  /** Resolves when it is durable: true where it was new, false where it had been counted. */
  count(entry: UsageEntry): Promise<StructuredOutcome<boolean>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    await Promise.resolve(); // what comes in the same turn goes into the same batch
    while (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0, BATCH_ENTRIES));
    this.#isRunning = false;
  }

  async #write(batch: Waiting[]): Promise<void> {
    const entries = new Map(batch.map(({ entry }) => [identityOf(entry), entry]));
    try {
      const written = await this.#ledger.count([...entries.values()]);
      if (!written.ok) return batch.forEach(({ resolve }) => resolve(fail(written.error)));
      const fresh = new Set(written.value);
      // Of several with one key, the first was new.
      for (const { entry, resolve } of batch) resolve(succeed(fresh.delete(identityOf(entry))));
    } catch (error) {
      await this.#writeEach(batch, error);
    }
  }

  /** One entry that cannot be stored spoils its batch, not the others in it. */
  async #writeEach(batch: Waiting[], error: unknown): Promise<void> {
    if (batch.length === 1) return batch[0]?.reject(error);
    for (const waiting of batch) await this.#write([waiting]);
  }
}

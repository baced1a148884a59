import type { ArchiveLedger, ExportTry, RunPlace } from './archive-ledger.ts';

const PLACES_AT_ONCE = 1_000;

/** Notes where each run begins and how long it is, in groups; the pieces of a run are one place. */
export class PlaceKeeper {
  readonly #ledger: ArchiveLedger;
  readonly #attempt: ExportTry;
  #places: RunPlace[] = [];
  runs = 0;

  constructor(ledger: ArchiveLedger, attempt: ExportTry) {
    this.#ledger = ledger;
    this.#attempt = attempt;
  }

  async add(piece: RunPlace): Promise<void> {
    const last = this.#places.at(-1);
    if (last?.runId === piece.runId) {
      last.bytes += piece.bytes;
      return;
    }
    // Only here, so that the last run is whole.
    if (this.#places.length >= PLACES_AT_ONCE) await this.flush();
    this.#places.push({ ...piece });
    this.runs += 1;
  }

  async flush(): Promise<void> {
    if (this.#places.length > 0) await this.#ledger.keepPlaces(this.#attempt, this.#places);
    this.#places = [];
  }
}

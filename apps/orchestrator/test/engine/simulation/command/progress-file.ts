import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { merged, type SeedRange } from './seed-ranges.ts';

interface Progress {
  done: SeedRange[];
  failed: number[];
}

/** Which seeds are done, kept in a file so that a run that was ended goes on where it was. */
export class ProgressFile {
  readonly #path: string | undefined;
  readonly #progress: Progress;

  /** Without a path nothing is kept. */
  constructor(path: string | undefined) {
    this.#path = path;
    this.#progress =
      path !== undefined && existsSync(path)
        ? (JSON.parse(readFileSync(path, 'utf8')) as Progress)
        : { done: [], failed: [] };
  }

  get done(): readonly SeedRange[] {
    return this.#progress.done;
  }

  get failed(): readonly number[] {
    return this.#progress.failed;
  }

  noteFailed(seed: number): void {
    this.#progress.failed.push(seed);
    this.#write();
  }

  noteDone(range: SeedRange): void {
    this.#progress.done = merged([...this.#progress.done, range]);
    this.#write();
  }

  #write(): void {
    if (this.#path === undefined) return;
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#progress));
    renameSync(`${this.#path}.new`, this.#path);
  }
}

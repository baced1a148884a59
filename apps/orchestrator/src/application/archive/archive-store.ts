import type { Readable } from 'node:stream';

/** What is to be kept, and what it must turn out to be. */
export interface ArchiveContent {
  /** From the first byte; may be opened again. */
  open: () => Readable;
  bytes: number;
  /** In hex. */
  sha256: string;
}

/**
 * Keeps the archives of old days by name, in the place where artifacts are kept. Methods reject
 * when it cannot be reached. One suite (test/archive/archive-store.suite.ts) holds every
 * implementation to the same guarantees.
 */
export interface ArchiveStore {
  /** Resolves when the content is durable. What had the name before is replaced as a whole or not at all. */
  write(name: string, content: ArchiveContent, signal: AbortSignal): Promise<void>;
  /** The whole, as it is kept: not checked. Undefined: there is nothing of that name. */
  read(name: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Rejects with ArchiveUnavailableError where it is not there, too. */
  readRange(name: string, range: { firstByte: number; bytes: number }): Promise<Uint8Array>;
}

/** The archive cannot be reached, or is not what it was. */
export class ArchiveUnavailableError extends Error {
  constructor(what: string, cause?: unknown) {
    super(what, { cause });
    this.name = 'ArchiveUnavailableError';
  }
}

/** One gzip member or more for each run (RFC 1952 lets them follow one another), each line in them a CloudEvent. */
export const archiveName = (day: string): string => `archive/${day}.ndjson.gz`;

export const manifestName = (day: string): string => `archive/${day}.json`;

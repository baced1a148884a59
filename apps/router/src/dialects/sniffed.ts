import type { Usage } from '../domain/pricing.ts';

/** What of an answer that passes through is read. */
export interface Sniffed {
  /** Absent: the provider has not told it. */
  usage?: Usage;
  responseModel?: string;
  finishReason?: string;
}

/** How a protocol tells what an answer took. */
export interface UsageReader {
  /** Of a whole answer. */
  ofBody(body: Uint8Array): Sniffed;
  /** Of an event of a stream that has a usage, with what was known before. */
  ofEvent(event: unknown, before: Sniffed): Sniffed;
  /** Whether the event says nothing but the usage: a client that did not ask for it does not know it. */
  isUsageOnly(event: unknown): boolean;
}

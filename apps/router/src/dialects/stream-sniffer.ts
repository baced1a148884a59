import type { Sniffed, UsageReader } from './sniffed.ts';

const NEWLINE = 0x0a;
const NULL_INITIAL = 0x6e;
const USAGE = Buffer.from('"usage"');
const DATA = Buffer.from('data:');
const EMPTY: Buffer = Buffer.alloc(0);

/**
 * Reads along in a stream of server-sent events: bytes go through as they are, but for the usage's own event where the
 * client did not ask for it. Only lines that tell a usage are decoded. Of a line that is not complete the bytes wait.
 */
export class StreamSniffer {
  readonly #reader: UsageReader;
  readonly #hidesUsage: boolean;
  #rest: Buffer = EMPTY;
  #sniffed: Sniffed = {};
  #events = 0;

  constructor(reader: UsageReader, { hidesUsage }: { hidesUsage: boolean }) {
    this.#reader = reader;
    this.#hidesUsage = hidesUsage;
  }

  get sniffed(): Sniffed {
    return this.#sniffed;
  }

  /** How many events came; each is a token at least. */
  get events(): number {
    return this.#events;
  }

  /** What of the stream may go on to the client. */
  take(chunk: Buffer): Buffer {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    this.#rest = end === bytes.length ? EMPTY : bytes.subarray(end);
    const lines = end === bytes.length ? bytes : bytes.subarray(0, end);
    this.#events += countOf(lines, DATA);
    return lines.indexOf(USAGE) === -1 ? lines : this.#sniff(lines);
  }

  /** What is left at the end of the stream. */
  flush(): Buffer {
    const rest = this.#rest;
    this.#rest = EMPTY;
    return rest;
  }

  #sniff(lines: Buffer): Buffer {
    const kept: Buffer[] = [];
    let from = 0;
    let lineEnd = 0;
    for (;;) {
      const at = lines.indexOf(USAGE, lineEnd);
      if (at === -1) break;
      const lineStart = lines.lastIndexOf(NEWLINE, at) + 1;
      lineEnd = lines.indexOf(NEWLINE, at) + 1;
      if (isNull(lines, at + USAGE.length)) continue;
      if (!this.#isHidden(lines.subarray(lineStart, lineEnd))) continue;
      kept.push(lines.subarray(from, lineStart));
      // With the empty line that ends the event.
      from = lines[lineEnd] === NEWLINE ? lineEnd + 1 : lineEnd;
    }
    if (kept.length === 0) return lines;
    return Buffer.concat([...kept, lines.subarray(from)]);
  }

  /** Keeps what the line tells. */
  #isHidden(line: Buffer): boolean {
    const event = eventIn(line);
    this.#sniffed = this.#reader.ofEvent(event, this.#sniffed);
    return this.#hidesUsage && this.#reader.isUsageOnly(event);
  }
}

/** With `stream_options` the provider says `"usage":null` in every other event. */
function isNull(lines: Buffer, from: number): boolean {
  let at = from;
  while (lines[at] === 0x20 || lines[at] === 0x3a) at += 1;
  return lines[at] === NULL_INITIAL;
}

function eventIn(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8', line.indexOf(DATA) + DATA.length));
  } catch {
    return undefined;
  }
}

function countOf(bytes: Buffer, needle: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + needle.length)) count += 1;
  return count;
}

import { appendFileSync, createReadStream, existsSync, truncateSync } from 'node:fs';
import { z } from 'zod';

const MANIFEST = '{"kind":"manifest"';
const manifest = z.object({ kind: z.literal('manifest'), run_id: z.string() });
const NEWLINE = 0x0a;

/** A file of exported runs, one after the other; each is whole when its manifest stands. */
export class ExportFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The run exported last, undefined: none. What was cut off after it is taken out of the file. */
  async resume(): Promise<string | undefined> {
    if (!existsSync(this.#path)) return undefined;
    let last: { runId: string; end: number } | undefined;
    for await (const { line, end } of linesOf(this.#path)) {
      if (!line.startsWith(MANIFEST)) continue;
      last = { runId: manifest.parse(JSON.parse(line)).run_id, end };
    }
    truncateSync(this.#path, last?.end ?? 0);
    return last?.runId;
  }

  append(content: Uint8Array): void {
    appendFileSync(this.#path, content);
  }
}

/** The lines that are whole, and where each ends. */
async function* linesOf(path: string): AsyncGenerator<{ line: string; end: number }> {
  let rest = Buffer.alloc(0);
  let end = 0;
  for await (const piece of createReadStream(path)) {
    rest = Buffer.concat([rest, piece]);
    for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
      end += at + 1;
      yield { line: rest.subarray(0, at).toString('utf8'), end };
      rest = rest.subarray(at + 1);
    }
  }
}

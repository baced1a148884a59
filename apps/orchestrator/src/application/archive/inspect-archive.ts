import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ArchiveFacts } from './archive-ledger.ts';

const NEWLINE = 0x0a;

/** What an archive is, judged by nothing but its bytes. Rejects when they are no archive. */
export async function inspectArchive(
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<ArchiveFacts> {
  const hash = createHash('sha256');
  let bytes = 0;
  let events = 0;
  let runs = 0;
  let lastRun: string | undefined;
  const weigh = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      yield chunk;
    }
  };
  const count = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const line of linesOf(chunks)) {
      const { runid } = JSON.parse(line) as { runid: string };
      events += 1;
      if (runid !== lastRun) runs += 1;
      lastRun = runid;
    }
  };
  await pipeline(content, weigh, createGunzip(), count, { signal });
  return { sha256: hash.digest('hex'), bytes, events, runs };
}

/** Split at newlines and at nothing else: JSON text may contain other separators that line readers take for ends. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let begun: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...begun, chunk.subarray(from, end)]).toString('utf8');
      begun = [];
      from = end + 1;
    }
    if (from < chunk.byteLength) begun.push(chunk.subarray(from));
  }
  if (begun.length > 0) throw new Error('the last line of the archive is cut');
}

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import {
  ArchiveUnavailableError,
  type ArchiveContent,
  type ArchiveStore,
} from '../../src/application/archive/archive-store.ts';

const { signal } = new AbortController();
const NAME = 'archive/2001-01-01.ndjson.gz';

export function contentOf(...chunks: Buffer[]): ArchiveContent {
  const all = Buffer.concat(chunks);
  return {
    open: () => Readable.from(chunks),
    bytes: all.byteLength,
    sha256: createHash('sha256').update(all).digest('hex'),
  };
}

async function wholeOf(store: ArchiveStore): Promise<Buffer | undefined> {
  const content = await store.read(NAME, signal);
  if (content === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What holds of every archive store; each test begins with an empty one. */
export function archiveStoreSuite(open: () => Promise<ArchiveStore>): void {
  it('gives back what was written, the whole or a part', async () => {
    const store = await open();
    const big = Buffer.from(Array.from({ length: 3_000_003 }, (_none, at) => (at * 31) % 251));
    await store.write(NAME, contentOf(big.subarray(0, 1_000_000), big.subarray(1_000_000)), signal);
    expect((await wholeOf(store))?.equals(big)).toBe(true);
    const part = await store.readRange(NAME, { firstByte: 999_990, bytes: 1_000 });
    expect(Buffer.from(part).equals(big.subarray(999_990, 1_000_990))).toBe(true);
  });

  it('replaces what was there', async () => {
    const store = await open();
    await store.write(NAME, contentOf(Buffer.from('first')), signal);
    await store.write(NAME, contentOf(Buffer.from('then')), signal);
    expect((await wholeOf(store))?.toString()).toBe('then');
  });

  it('keeps what was there when writing is cut', async () => {
    const store = await open();
    await store.write(NAME, contentOf(Buffer.from('whole')), signal);
    const cut: ArchiveContent = {
      ...contentOf(Buffer.from('not whole')),
      open: () =>
        Readable.from(
          (async function* () {
            yield Buffer.from('not ');
            throw new Error('cut');
          })(),
        ),
    };
    await expect(store.write(NAME, cut, signal)).rejects.toThrow();
    expect((await wholeOf(store))?.toString()).toBe('whole');
  });

  it('says what is not there', async () => {
    const store = await open();
    expect(await wholeOf(store)).toBeUndefined();
    await expect(store.readRange(NAME, { firstByte: 0, bytes: 1 })).rejects.toThrow(ArchiveUnavailableError);
  });

  it('stops when it is told to', async () => {
    const store = await open();
    await expect(store.write(NAME, contentOf(Buffer.from('x')), AbortSignal.abort())).rejects.toThrow();
    expect(await wholeOf(store)).toBeUndefined();
  });
}

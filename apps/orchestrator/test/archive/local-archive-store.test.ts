import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { localArchiveStore } from '../../src/outbound/archive/local-archive-store.ts';
import { archiveStoreSuite, contentOf } from './archive-store.suite.ts';
import { newFolder } from './archive-world.ts';

describe('the local archive store', () => {
  archiveStoreSuite(async () => localArchiveStore(newFolder()));

  it('leaves nothing unfinished behind', async () => {
    const root = newFolder();
    const { signal } = new AbortController();
    await localArchiveStore(root).write('archive/day.json', contentOf(Buffer.from('{}')), signal);
    expect(await readdir(join(root, 'archive'))).toEqual(['day.json']);
  });

  it('is unavailable where its folder is no folder', async () => {
    const root = newFolder();
    await writeFile(join(root, 'archive'), '');
    const read = localArchiveStore(root).readRange('archive/day.json', { firstByte: 0, bytes: 1 });
    await expect(read).rejects.toThrow('the artifact store cannot be read');
  });
});

import { createWriteStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ArchiveUnavailableError, type ArchiveStore } from '../../application/archive/archive-store.ts';
import { replaceFile } from '../artifacts/replace-file.ts';

/** Archives as files below the folder of the artifacts. */
export function localArchiveStore(root: string): ArchiveStore {
  return {
    write: (name, content, signal) =>
      replaceFile(join(root, name), (path) =>
        pipeline(content.open(), createWriteStream(path, { flags: 'wx', flush: true }), { signal }),
      ),
    read: async (name) => (await openIfThere(join(root, name)))?.createReadStream(),
    readRange: async (name, { firstByte, bytes }) => {
      const handle = await openIfThere(join(root, name));
      if (handle === undefined) throw new ArchiveUnavailableError(`${name} is not in the artifact store`);
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, firstByte);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
  };
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new ArchiveUnavailableError('the artifact store cannot be read', error);
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Puts under the name what `writeDurably` writes to the path it is given: the name stands for the whole content or for
 * what it stood for before, also after a crash.
 */
export async function replaceFile(
  file: string,
  writeDurably: (path: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(file);
  const unfinished = `${file}.${randomUUID()}.unfinished`;
  await mkdir(folder, { recursive: true });
  try {
    await writeDurably(unfinished);
    await rename(unfinished, file);
    await sync(folder);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Makes a rename in the folder durable. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

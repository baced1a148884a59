import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { programsDir } from '../paths.ts';

/** Programs installed for the local stack are started from here. */
export const binDir = join(programsDir, 'bin');

/** Puts a program that lies elsewhere, with libraries of its own, into `.aos/bin`. */
export function writeWrapper(name: string, program: string, libraryFolders: readonly string[] = []): string {
  const wrapper = join(binDir, name);
  mkdirSync(dirname(wrapper), { recursive: true });
  const libraries = libraryFolders.length === 0 ? '' : `LD_LIBRARY_PATH='${libraryFolders.join(':')}' `;
  writeFileSync(wrapper, `#!/bin/sh\n${libraries}exec '${program}' "$@"\n`);
  chmodSync(wrapper, 0o755);
  return wrapper;
}

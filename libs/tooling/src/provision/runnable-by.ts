import { cpSync, existsSync, lstatSync, mkdirSync, renameSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { mayEnter, type SystemUser } from '../processes/system-user.ts';
import { shortHash } from '../short-hash.ts';

/**
 * The program, at a place where that user may run it: `<prefix>/bin/<program>` is copied with all of its prefix
 * to /var/tmp where the checkout lies under a folder that is closed to others.
 */
export function runnableBy(user: SystemUser | undefined, program: string): string {
  if (mayEnter(user, dirname(program))) return program;
  const prefix = resolve(dirname(program), '..');
  const name = shortHash(prefix);
  const copy = join('/var/tmp', `aos-program-${name}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}-${process.pid}`;
    mkdirSync(unfinished, { recursive: true, mode: 0o755 });
    cpSync(prefix, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  }
  if (lstatSync(copy).uid !== process.getuid?.()) throw new Error(`${copy} belongs to another user`);
  return join(copy, 'bin', basename(program));
}

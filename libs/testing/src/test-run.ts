import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordOf, repositoryRoot } from '@aos/tooling';

let folder: string | undefined;

/**
 * A folder for the servers of this jest run, shared by its workers. A caretaker process kills what was started and
 * removes the folder as soon as jest has ended, also by kill -9.
 */
export function testRunFolder(): string {
  folder ??= openRun();
  return folder;
}

function openRun(): string {
  // Set by jest.config.mjs: workers of one run share it.
  const pid = Number(process.env['AOS_TEST_RUN_PID'] ?? process.pid);
  const run = join(tmpdir(), `aos-tests-${pid}-${recordOf(pid)?.startedAt.replaceAll(/\W/g, '')}`);
  // Postgres, which does not run as root, must be able to pass.
  const isFirst = mkdirSync(run, { recursive: true, mode: 0o711 }) !== undefined;
  if (!isFirst) return run;
  const caretaker = join(repositoryRoot, 'libs/tooling/src/processes/caretaker.ts');
  spawn(process.execPath, [caretaker, String(pid), run], {
    detached: true,
    stdio: 'ignore',
    env: {},
  }).unref();
  return run;
}

/** A folder name nobody else in this run has: test files may share a process, and each loads this module anew. */
export function ownFolder(name: string): string {
  return join(testRunFolder(), `${name}-${crypto.randomUUID().slice(0, 13)}`);
}

/** Progress of fetching servers, which a person who runs the tests wants to see. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

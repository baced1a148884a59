import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { recordOf, type ProcessRecord } from './process-record.ts';
import type { SystemUser } from './system-user.ts';

export interface Launch {
  command: string;
  args: readonly string[];
  /** Default: this process's. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Standard output and error are appended to it. */
  logFile: string;
  /** Default: the user of this process. */
  user?: SystemUser | undefined;
}

/** Starts a process that outlives this one. */
export async function launch({
  command,
  args,
  env = process.env,
  cwd,
  logFile,
  user,
}: Launch): Promise<ProcessRecord> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(command, args, {
      env,
      cwd,
      detached: true,
      stdio: ['ignore', log, log],
      ...(user && { uid: user.uid, gid: user.gid }),
    });
    await once(child, 'spawn');
    child.unref();
    const record = child.pid === undefined ? undefined : recordOf(child.pid);
    if (record === undefined) throw new Error(`${command} ended at once:\n${tailOf(logFile)}`);
    return record;
  } finally {
    closeSync(log);
  }
}

/** The last lines of a log, for an error message. */
export function tailOf(file: string, lines = 15): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

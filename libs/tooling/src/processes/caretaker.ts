import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, recordOf, sendSignal, type ProcessRecord } from './process-record.ts';

const LOOK_EVERY_MS = 300;

/**
 * A process of its own: waits until another one has ended, however it ended, then kills what it left and removes its
 * folder. Arguments: the pid to watch, the folder (which holds `processes/`, see `recordLaunchesIn`).
 */
async function watch(pid: number, folder: string): Promise<void> {
  const watched = recordOf(pid);
  while (watched !== undefined && isRunning(watched)) await sleep(LOOK_EVERY_MS);
  for (const file of readdirSync(join(folder, 'processes'))) {
    const record: ProcessRecord = JSON.parse(readFileSync(join(folder, 'processes', file), 'utf8'));
    sendSignal(record, 'SIGKILL');
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

const [pid, folder] = process.argv.slice(2);
if (pid === undefined || folder === undefined) throw new Error('usage: caretaker.ts PID FOLDER');
await watch(Number(pid), folder);

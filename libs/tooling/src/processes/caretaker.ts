import { existsSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTAINER_FILE, stopContainer } from '../servers/container.ts';
import { PROCESS_FILE, runningProcess } from './process-file.ts';
import { isRunning, recordOf, sendSignal } from './process-record.ts';

const LOOK_EVERY_MS = 300;

/**
 * A process of its own: waits until another one has ended, however it ended, then kills what it left and removes its
 * folder. Arguments: the pid to watch, the folder that holds the process files.
 */
async function watch(pid: number, folder: string): Promise<void> {
  const watched = recordOf(pid);
  if (watched !== undefined) {
    while (isRunning(watched)) await sleep(LOOK_EVERY_MS);
  }
  while (existsSync(folder)) await cleanUp(folder);
}

async function cleanUp(folder: string): Promise<void> {
  for (const file of globSync(`**/*${PROCESS_FILE}`, { cwd: folder })) {
    const left = runningProcess(join(folder, file));
    if (left !== undefined) sendSignal(left, 'SIGKILL');
  }
  for (const file of globSync(`**/*${CONTAINER_FILE}`, { cwd: folder })) {
    await stopContainer(join(folder, file.slice(0, -CONTAINER_FILE.length)), true);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

const [pid, folder] = process.argv.slice(2);
if (pid === undefined || folder === undefined) throw new Error('usage: caretaker.ts PID FOLDER');
await watch(Number(pid), folder);

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Say } from './paths.ts';

const RETRY_MS = 100;

/**
 * Runs `work` while no other process holds the same lock file. The lock is SQLite's file lock:
 * the kernel frees it when its holder dies, so there are no stale locks to judge.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, say?: Say): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    let hasSaid = false;
    while (!tryLock(database)) {
      if (!hasSaid) say?.('waiting for another process that is doing the same');
      hasSaid = true;
      await sleep(RETRY_MS);
    }
    return await work();
  } finally {
    database.close();
  }
}

const SQLITE_BUSY = 5;

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

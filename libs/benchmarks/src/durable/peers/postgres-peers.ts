import { join } from 'node:path';
import { createPool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { answersOk, freePort } from '@aos/tooling';
import type { Site, System } from '../system.ts';
import { installPeer } from './install-peer.ts';
import { startPeerProcess } from './peer-process.ts';

const DBOS = { '@dbos-inc/dbos-sdk': '5.3.0' };

/** DBOS Transact: a library that keeps each step's result in Postgres. */
export async function openDbos(site: Site): Promise<System> {
  return openLibrary(site, 'dbos', { PEER_FOLDER: await installPeer('dbos', DBOS, site.say) });
}

/** The floor: one process that commits the results of steps in groups, and nothing else. */
export function openFloor(site: Site): Promise<System> {
  return openLibrary(site, 'floor', {});
}

/** A worker process of our own around a library, and a database of its own. */
async function openLibrary(site: Site, name: string, env: Record<string, string>): Promise<System> {
  const databaseUrl = await createDatabase(site, `bench_${name}`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const worker = await startPeerProcess({
    name: `${name}-worker`,
    port,
    args: ['--enable-source-maps', join(import.meta.dirname, `${name}.worker.ts`)],
    env: { ...env, PORT: String(port), DATABASE_URL: databaseUrl },
    folder: site.logs,
    isReady: () => answersOk(url),
  });
  return {
    target: { kind: 'http', url, isHeld: false },
    processes: () => ({ worker: worker.process()?.pid ?? 0, postgres: site.postgres.pid }),
    worker,
    close: () => worker.stop(),
  };
}

async function createDatabase({ postgres }: Site, name: string): Promise<string> {
  const logger = createLogger({ service: 'benchmarks', level: 'error' });
  const pool = createPool({ url: postgres.adminUrl, applicationName: 'benchmarks', max: 1, logger });
  try {
    await pool.query(`create database ${name}`);
  } finally {
    await pool.end();
  }
  return postgres.adminUrl.replace(/[^/]+$/, name);
}

import { execFile } from 'node:child_process';
import { chownSync, existsSync, lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { mayEnter, type SystemUser } from '../processes/system-user.ts';
import { shortHash } from '../short-hash.ts';

const run = promisify(execFile);

export const ADMIN_USER = 'postgres';

/**
 * Where the data can be kept: the wished folder, or, where the user Postgres runs as may not enter its parents
 * (a checkout under a 0700 home, run as root), a folder of its own under /var/tmp.
 */
export function postgresFolder(wished: string, user: SystemUser | undefined): string {
  mkdirSync(wished, { recursive: true, mode: 0o711 });
  if (user === undefined) return wished;
  if (mayEnter(user, wished)) return hand(wished, user);
  const folder = fallbackFolder(wished);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const { uid } = lstatSync(dirname(folder));
  if (uid !== process.getuid?.()) throw new Error(`${dirname(folder)} belongs to another user`);
  return hand(folder, user);
}

function hand(folder: string, user: SystemUser): string {
  chownSync(folder, user.uid, user.gid);
  return folder;
}

interface InitDb {
  initdb: string;
  folder: string;
  adminPassword: string;
  /** Whether what it writes is forced to the disk. */
  isSynced: boolean;
  user: SystemUser | undefined;
}

/** Makes the cluster once; a half-made one of an interrupted start is removed first. Returns its data folder. */
export async function initialiseCluster(options: InitDb): Promise<string> {
  const { initdb, folder, adminPassword, isSynced, user } = options;
  const cluster = join(folder, 'cluster');
  if (existsSync(join(folder, 'initialised'))) return cluster;
  rmSync(cluster, { recursive: true, force: true });
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, adminPassword, { mode: 0o600 });
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const settings = [
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    ...(isSynced ? [] : ['--no-sync']),
  ];
  const args = [`--pgdata=${cluster}`, `--username=${ADMIN_USER}`, `--pwfile=${passwordFile}`, ...settings];
  try {
    await run(initdb, args, { cwd: '/', ...(user && { uid: user.uid, gid: user.gid }) });
  } finally {
    rmSync(passwordFile);
  }
  writeFileSync(join(folder, 'initialised'), '');
  return cluster;
}

/** Removes the data, wherever `postgresFolder` put it. */
export function wipePostgres(wished: string): void {
  rmSync(wished, { recursive: true, force: true });
  rmSync(dirname(fallbackFolder(wished)), { recursive: true, force: true });
}

function fallbackFolder(wished: string): string {
  const name = shortHash(wished);
  return join('/var/tmp', `aos-${name}`, basename(wished));
}

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Say } from '../paths.ts';
import { PROCESS_FILE } from '../processes/process-file.ts';
import { unprivilegedUser } from '../processes/system-user.ts';
import { provide } from '../provision/provide.ts';
import { runnableBy } from '../provision/runnable-by.ts';
import { ADMIN_USER, initialiseCluster, postgresFolder } from './postgres-data.ts';
import { tryContainer, type ContainerRecipe } from './container.ts';
import { portFor, startProgram, type Server } from './server.ts';

export interface PostgresOptions {
  /** Kept; used again when it holds a cluster. */
  dataDir: string;
  /** Wished; the next free one is taken. Default: any. Kept while the server runs. */
  port?: number;
  log: Say;
  /** Of the superuser. Default: a fixed one, for servers of tests. */
  adminPassword?: string;
  /** `fast` gives up fsync: for tests that do not kill this server. Default `safe`. */
  durability?: 'safe' | 'fast';
  /** Path of the `postgres` program; its `initdb` stands beside it. Default: provided. */
  program?: string;
}

export interface PostgresServer extends Server {
  /** The superuser's URL, of the database `postgres`. */
  adminUrl: string;
}

/** Starts a Postgres of its own on 127.0.0.1, as another user where this process is root. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dataDir, log, adminPassword = 'local-tests', durability = 'safe' } = options;
  const withUrl = (server: Server) => ({
    ...server,
    adminUrl: `postgres://${ADMIN_USER}:${adminPassword}@127.0.0.1:${server.port}/postgres`,
  });
  const container =
    options.program === undefined && (await tryContainer(options, containerFor(adminPassword, durability)));
  if (container) return withUrl(container);
  const user = unprivilegedUser();
  const folder = postgresFolder(dataDir, user);
  const postgres = runnableBy(user, options.program ?? (await provide('postgres', log)));
  const initdb = join(dirname(postgres), 'initdb');
  const cluster = await initialiseCluster({
    initdb,
    folder,
    adminPassword,
    isSynced: durability === 'safe',
    user,
  });
  const processFile = `${dataDir}${PROCESS_FILE}`;
  const port = await portFor(processFile, options.port);
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    ...tuning(durability),
  ];
  const server = await startProgram({
    name: 'postgres',
    port,
    processFile,
    launch: {
      command: postgres,
      args: ['-D', cluster, ...settings.flatMap((setting) => ['-c', setting])],
      cwd: '/',
      logFile: `${dataDir}.log`,
      user,
    },
    isReady: async ({ pid }) => isReady(cluster, pid),
    // Fast shutdown: open connections are cut, what is committed is written.
    stopSignal: 'SIGINT',
    // After a kill -9 it refuses to start until the children of the dead one are gone.
    startsMax: 5,
  });
  return withUrl(server);
}

function tuning(durability: 'safe' | 'fast'): string[] {
  const fast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  return ['max_connections=200', 'timezone=UTC', ...(durability === 'fast' ? fast : [])];
}

function containerFor(adminPassword: string, durability: 'safe' | 'fast'): ContainerRecipe {
  return {
    image: 'postgres:18-alpine',
    port: 5432,
    // The request for TLS; a server that is up declines with one letter.
    probe: { send: '\x00\x00\x00\x08\x04\xd2\x16\x2f', expected: 'N' },
    env: { POSTGRES_PASSWORD: adminPassword },
    command: ['postgres', ...tuning(durability).flatMap((setting) => ['-c', setting])],
  };
}

/** The postmaster writes its pid on the first line and its state on the eighth. */
function isReady(cluster: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

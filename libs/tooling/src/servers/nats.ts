import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Say } from '../paths.ts';
import { PROCESS_FILE } from '../processes/process-file.ts';
import { provide } from '../provision/provide.ts';
import { tryContainer, type ContainerRecipe } from './container.ts';
import { answersOn } from './probe.ts';
import { portFor, startProgram, type Server } from './server.ts';

export interface NatsOptions {
  dataDir: string;
  /** Wished; the next free one is taken. Default: any. Kept while the server runs. */
  port?: number;
  log: Say;
  /** Password of each user. */
  passwords: Record<string, string>;
  /** Path of the program. Default: provided. */
  program?: string;
}

const IN_CONTAINER = { host: '0.0.0.0', port: 4222, storeDir: '/data' };

export interface NatsServer extends Server {
  /** Without user and password. */
  url: string;
  urlFor(user: string): string;
}

/** Starts a NATS with JetStream of its own on 127.0.0.1, with a user per service and the rights of each. */
export async function startNats(options: NatsOptions): Promise<NatsServer> {
  const { dataDir, log, passwords } = options;
  // Loaded late: the rest of this package runs before anything is built.
  const { natsServerConfig } = await import('@aos/messaging');
  const withUrls = (server: Server) => ({
    ...server,
    url: `nats://127.0.0.1:${server.port}`,
    urlFor: (user: string) => natsUrl(`127.0.0.1:${server.port}`, user, passwords),
  });
  const container =
    options.program === undefined &&
    (await tryContainer(options, containerFor(natsServerConfig({ ...IN_CONTAINER, passwords }))));
  if (container) return withUrls(container);
  const command = options.program ?? (await provide('nats', log));
  mkdirSync(dataDir, { recursive: true });
  const processFile = `${dataDir}${PROCESS_FILE}`;
  const port = await portFor(processFile, options.port);
  const configFile = `${dataDir}.conf`;
  const pidFile = join(dataDir, 'nats.pid');
  const config = { host: '127.0.0.1', port, storeDir: dataDir, passwords, pidFile };
  writeFileSync(configFile, natsServerConfig(config), { mode: 0o600 });
  const server = await startProgram({
    name: 'nats',
    port,
    processFile,
    launch: { command, args: ['-c', configFile], logFile: `${dataDir}.log` },
    isReady: async ({ pid }) => pidIn(pidFile) === pid && answersOn(port, '', 'INFO {'),
    stopSignal: 'SIGTERM',
  });
  return withUrls(server);
}

function containerFor(config: string): ContainerRecipe {
  return {
    image: 'nats:2.12-alpine',
    port: IN_CONTAINER.port,
    probe: { send: '', expected: 'INFO {' },
    command: ['nats-server', '-c', '/aos.conf'],
    files: [{ content: config, target: '/aos.conf' }],
  };
}

/** The URL with which a user connects. */
export function natsUrl(host: string, user: string, passwords: Record<string, string>): string {
  const password = passwords[user];
  if (password === undefined) throw new Error(`no NATS password for ${user}`);
  return `nats://${user}:${password}@${host}`;
}

function pidIn(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

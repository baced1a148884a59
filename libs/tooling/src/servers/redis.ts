import { mkdirSync } from 'node:fs';
import type { Say } from '../paths.ts';
import { PROCESS_FILE } from '../processes/process-file.ts';
import { provide } from '../provision/provide.ts';
import { tryContainer, type ContainerRecipe } from './container.ts';
import { answersOn } from './probe.ts';
import { portFor, startProgram, type Server } from './server.ts';

export interface RedisOptions {
  dataDir: string;
  /** Wished; the next free one is taken. Default: any. Kept while the server runs. */
  port?: number;
  log: Say;
  /** Path of the program. Default: provided. */
  program?: string;
}

export interface RedisServer extends Server {
  url: string;
}

const CONTAINER: ContainerRecipe = {
  image: 'redis:8-alpine',
  port: 6379,
  probe: { send: 'PING\r\n', expected: '+PONG' },
  command: ['redis-server', '--appendonly', 'yes'],
};

/** Starts a Redis of its own on 127.0.0.1, with an append-only file. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { dataDir, log } = options;
  const container = options.program === undefined && (await tryContainer(options, CONTAINER));
  if (container) return withUrl(container);
  const command = options.program ?? (await provide('redis', log));
  mkdirSync(dataDir, { recursive: true });
  const processFile = `${dataDir}${PROCESS_FILE}`;
  const port = await portFor(processFile, options.port);
  const settings = { port, bind: '127.0.0.1', dir: dataDir, appendonly: 'yes', save: '' };
  const server = await startProgram({
    name: 'redis',
    port,
    processFile,
    launch: {
      command,
      args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
      logFile: `${dataDir}.log`,
    },
    isReady: ({ pid }) => answersOn(port, 'INFO server\r\n', `process_id:${pid}\r\n`),
    stopSignal: 'SIGTERM',
  });
  return withUrl(server);
}

function withUrl(server: Server): RedisServer {
  return { ...server, url: `redis://127.0.0.1:${server.port}` };
}

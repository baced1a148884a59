import { join } from 'node:path';
import type { ServiceName } from '@aos/contracts';
import { repositoryRoot } from '../paths.ts';
import { startProgram } from '../servers/server.ts';
import { PROCESS_FILE } from './process-file.ts';

export interface ServiceOptions {
  name: ServiceName;
  /** A free one, or the one of the process that runs already. */
  port: number;
  /** All of its environment but PORT. */
  env: NodeJS.ProcessEnv;
  /** Gets `<id>.log` and the process file. */
  folder: string;
  /** Tells several processes of one service apart. Default: the name. */
  id?: string;
}

export interface ServiceProcess {
  name: ServiceName;
  /** Of its HTTP port. */
  url: string;
  pid(): number;
  logFile: string;
  /** SIGTERM, and waits; a service that does not drain in time is killed. */
  stop(): Promise<void>;
  kill9(): Promise<void>;
  /** The same again, on the same port, after `kill9` or `stop` or in the middle of work. */
  restart(): Promise<void>;
}

/**
 * Services that no step waits for: a smaller space for young objects saves some 20 MiB each. Where steps run it would
 * cost a third more CPU (measured with `pnpm bench runs`).
 */
const SMALL: readonly ServiceName[] = ['router', 'eval', 'billing'];

/** Starts one built service as a process of its own, unless it runs, and returns when it says that it is ready. */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const { name, port, env, folder, id = name } = options;
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(folder, `${id}.log`);
  const server = await startProgram({
    name,
    port,
    processFile: join(folder, `${id}${PROCESS_FILE}`),
    launch: {
      command: process.execPath,
      args: [
        '--enable-source-maps',
        ...(SMALL.includes(name) ? ['--max-semi-space-size=4'] : []),
        join(repositoryRoot, 'apps', name, 'dist/main.js'),
      ],
      env: { ...env, PORT: String(port), NODE_V8_COVERAGE: process.env['NODE_V8_COVERAGE'] },
      cwd: repositoryRoot,
      logFile,
    },
    isReady: () => answersOk(`${url}/health/ready`),
    stopSignal: 'SIGTERM',
  });
  return {
    name,
    url,
    pid: () => server.process()?.pid ?? 0,
    logFile,
    stop: () => server.stop(),
    kill9: () => server.kill(),
    restart: () => server.restart(),
  };
}

/** Whether the URL answers with a status of success within two seconds. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

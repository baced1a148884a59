import { join } from 'node:path';
import { PROCESS_FILE, startProgram, type Server } from '@aos/tooling';

interface PeerProcess {
  name: string;
  port: number;
  /** Default: this Node. */
  command?: string;
  args: readonly string[];
  env?: Record<string, string | undefined>;
  /** Where `pnpm stack` keeps logs and process files: what is left there is ended with the stack. */
  folder: string;
  isReady: () => Promise<boolean>;
}

/** Starts a process of a peer; it is ended with the benchmark, however that ends. */
export function startPeerProcess({ name, port, env, folder, ...program }: PeerProcess): Promise<Server> {
  const { command = process.execPath, args, isReady } = program;
  return startProgram({
    name,
    port,
    processFile: join(folder, `${name}${PROCESS_FILE}`),
    launch: {
      command,
      args,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      cwd: folder,
      logFile: join(folder, `${name}.log`),
    },
    isReady,
    stopSignal: 'SIGTERM',
  });
}

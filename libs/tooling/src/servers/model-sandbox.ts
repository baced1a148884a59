import { join } from 'node:path';
import { repositoryRoot } from '../paths.ts';
import { PROCESS_FILE } from '../processes/process-file.ts';
import { answersOn } from './probe.ts';
import { portFor, startProgram } from './server.ts';

interface SandboxProcessOptions {
  /** Its log and process file begin with it. */
  place: string;
  /** Wished; the next free one is taken. Default: any. Kept while it runs. */
  port?: number | undefined;
}

/** Starts the model sandbox as a process that outlives this one, unless it runs; gives its URL. */
export async function startSandboxProcess({ place, port: wished }: SandboxProcessOptions): Promise<string> {
  const processFile = `${place}${PROCESS_FILE}`;
  const port = await portFor(processFile, wished);
  const main = join(repositoryRoot, 'libs/tooling/src/model-sandbox/main.ts');
  await startProgram({
    name: 'model-sandbox',
    port,
    processFile,
    launch: { command: process.execPath, args: [main, String(port)], env: {}, logFile: `${place}.log` },
    isReady: () => answersOn(port, 'GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n', 'req_simulated_'),
    stopSignal: 'SIGTERM',
  });
  return `http://127.0.0.1:${port}`;
}

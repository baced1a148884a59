import { mkdirSync } from 'node:fs';
import type { Say } from '../paths.ts';
import { PROCESS_FILE } from '../processes/process-file.ts';
import { provide } from '../provision/provide.ts';
import { answersOn } from './probe.ts';
import { portFor, startProgram, type Server } from './server.ts';

export interface S3Options {
  dataDir: string;
  log: Say;
}

export interface S3Server extends Server {
  /** Takes any key; buckets go by path. */
  endpoint: string;
  /** Makes an empty bucket. */
  createBucket(name: string): Promise<void>;
}

/** Starts an S3 server (moto) of its own on 127.0.0.1. It keeps everything in memory: a restart empties it. */
export async function startS3({ dataDir, log }: S3Options): Promise<S3Server> {
  const command = await provide('s3', log);
  mkdirSync(dataDir, { recursive: true });
  const processFile = `${dataDir}${PROCESS_FILE}`;
  const port = await portFor(processFile);
  const server = await startProgram({
    name: 's3',
    port,
    processFile,
    launch: { command, args: ['-H', '127.0.0.1', '-p', String(port)], logFile: `${dataDir}.log` },
    isReady: () => answersOn(port, 'GET /moto-api/ HTTP/1.0\r\n\r\n', ' 200 '),
    stopSignal: 'SIGTERM',
  });
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    ...server,
    endpoint,
    createBucket: async (name) => {
      const { status } = await fetch(`${endpoint}/${name}`, { method: 'PUT' });
      if (status !== 200) throw new Error(`the bucket ${name} could not be made: ${status}`);
    },
  };
}

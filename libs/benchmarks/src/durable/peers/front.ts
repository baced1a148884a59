import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import type { RunRequest } from './step.ts';

/** What a library does inside a worker process, for a driver that is another process. */
export interface Runs {
  /** Resolves at the run's end with when its first step began. */
  run(request: RunRequest): Promise<string>;
  /** Resolves when the run is taken. */
  start(request: RunRequest): Promise<unknown>;
  /** How many runs whose ids begin so have ended well. */
  done(prefix: string): Promise<number>;
}

/** Serves them over HTTP on PORT. */
export function serveRuns(runs: Runs): void {
  const server = createServer((request, response) => {
    const answer = async () => {
      if (request.method !== 'POST') return response.end();
      const body = (await json(request)) as RunRequest & { prefix: string };
      if (request.url === '/bench/run') return response.end(JSON.stringify(await runs.run(body)));
      if (request.url === '/bench/done') return response.end(String(await runs.done(body.prefix)));
      await runs.start(body);
      return response.end();
    };
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(Number(process.env['PORT']), '127.0.0.1', 4096);
}

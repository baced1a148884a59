import { createServer } from 'node:http';

/** The other end of the webhooks: how often each path was called under which id. */
export interface Receiver {
  url: string;
  /** By path, then by webhook-id. */
  calls: ReadonlyMap<string, ReadonlyMap<string, number>>;
  close(): void;
}

/** Answers take up to so long, so that faults meet calls under way. */
const ANSWER_MS_MAX = 100;

export async function openReceiver(): Promise<Receiver> {
  const calls = new Map<string, Map<string, number>>();
  const server = createServer((request, response) => {
    request.resume();
    const path = request.url ?? '';
    const id = String(request.headers['webhook-id']);
    const ids = calls.get(path) ?? new Map<string, number>();
    calls.set(path, ids.set(id, (ids.get(id) ?? 0) + 1));
    setTimeout(() => response.end(), Math.random() * ANSWER_MS_MAX);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${address.port}`, calls, close };
}

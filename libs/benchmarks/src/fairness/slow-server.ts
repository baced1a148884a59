import { createServer } from 'node:http';

/** How long each call takes, and so about how long a run keeps its slot. */
const ANSWER_MS = 250;

/** A server that lets its callers wait. */
export async function openSlowServer(): Promise<{ url: string; close(): void }> {
  const server = createServer((_request, response) => {
    setTimeout(() => response.end(), ANSWER_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${address.port}/`, close };
}

import { createServer } from 'node:http';

/** What a step leaves in the world outside: a line when its effect starts, and one when it ends. */
export interface LedgerLine {
  kind: 'start' | 'end';
  run: string;
  step: string;
  /** The caller's Idempotency-Key. */
  key: string;
  /** Since the epoch. */
  atMs: number;
}

export interface Ledger {
  /** Steps POST to `<url>/<run>/<step>`. */
  url: string;
  lines: readonly LedgerLine[];
  close(): void;
}

const EFFECT_MS = 20;

/** The other side of steps with side effects. It drops nothing that comes twice, so that it is seen. */
export async function openLedger(): Promise<Ledger> {
  const lines: LedgerLine[] = [];
  const server = createServer((request, response) => {
    const [, run = '', step = ''] = (request.url ?? '').split('/');
    const key = String(request.headers['idempotency-key'] ?? '');
    request.resume();
    lines.push({ kind: 'start', run, step, key, atMs: Date.now() });
    setTimeout(() => {
      lines.push({ kind: 'end', run, step, key, atMs: Date.now() });
      response.end();
    }, EFFECT_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the ledger has no port');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${address.port}`, lines, close };
}

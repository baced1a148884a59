import { randomInt } from 'node:crypto';
import getPort, { portNumbers } from 'get-port';

// Below the range from which the kernel takes ports for outgoing connections: there, a client that waits for a
// restarting server can be given the server's own port, and talk to itself.
const FIRST = 20_000;
const LAST = 32_000;

/** The wished port or the next free one that is not excluded; without a wish any free one of 127.0.0.1. */
export async function freePort(wished?: number, exclude: readonly number[] = []): Promise<number> {
  const first = wished ?? randomInt(FIRST, LAST - 500);
  const candidates = portNumbers(first, Math.min(first + 500, 65_535));
  return getPort({ host: '127.0.0.1', port: candidates, exclude });
}

import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { problemOf, type ErrorSpec } from '@aos/contracts';

/** Answers an upgrade with a problem (RFC 9457) instead, and closes. */
export function refuseUpgrade(socket: Duplex, error: ErrorSpec, requestId: string): void {
  const problem = problemOf(error, requestId);
  const body = JSON.stringify(problem);
  const retryAfter = error.retryable ? Math.ceil((error.retry_after_ms ?? 1000) / 1000) : undefined;
  const lines = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

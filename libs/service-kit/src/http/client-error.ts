import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorOf, invalidRequest, problemOf, type ErrorSpec } from '@aos/contracts';

/** Answers on the bare socket what Node's parser refused: no request object exists yet. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const requestId = randomUUID();
  const problem = problemOf(specOf(error.code), requestId);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function specOf(code: string | undefined): ErrorSpec {
  if (code === 'HPE_HEADER_OVERFLOW') return errorOf('headers_too_large', 'send smaller headers');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return errorOf('request_timeout', 'the request did not arrive in time');
  return invalidRequest([{ field: '', message: 'this is not HTTP/1.1' }]);
}

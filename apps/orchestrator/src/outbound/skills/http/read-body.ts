import type { Readable } from 'node:stream';

/** What is read of a response at most. */
export const RESPONSE_BYTES_MAX = 1024 * 1024;

/** The body as text; undefined: it is over the limit, and the rest was not read. */
export async function readBody(body: Readable): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a response body is made of buffers');
    bytes += chunk.length;
    // Leaving the loop destroys the stream and with it the connection.
    if (bytes > RESPONSE_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

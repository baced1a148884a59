import { ARTIFACT_BYTES_MAX } from '@aos/contracts';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, inflate, unzip, zstdDecompress } from 'node:zlib';

/** What is read of a response at most, before and after decompression. */
export const RESPONSE_BYTES_MAX = ARTIFACT_BYTES_MAX;

/** Content codings (RFC 9110 §8.4.1) that servers use though none was asked for. */
const DECODERS = {
  gzip: promisify(unzip),
  'x-gzip': promisify(unzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/** The body as text; undefined: it is over the limit, and the rest was not read. Rejects where it is broken. */
export async function readBody(body: Readable, coding: string): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a response body is made of buffers');
    bytes += chunk.length;
    // Leaving the loop destroys the stream and with it the connection.
    if (bytes > RESPONSE_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  const decoded = await decode(Buffer.concat(chunks), coding.toLowerCase());
  return decoded?.toString('utf8');
}

async function decode(content: Buffer, coding: string): Promise<Buffer | undefined> {
  if (!isKnown(coding) || content.length === 0) return content;
  try {
    return await DECODERS[coding](content, { maxOutputLength: RESPONSE_BYTES_MAX });
  } catch (error) {
    if (isOverLimit(error)) return undefined;
    throw error;
  }
}

function isKnown(coding: string): coding is keyof typeof DECODERS {
  return Object.hasOwn(DECODERS, coding);
}

/** What zlib says when `maxOutputLength` is passed. */
function isOverLimit(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
  );
}

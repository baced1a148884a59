import { errorCodes, type FastifyInstance } from 'fastify';
import type { Readable } from 'node:stream';

/** 1 MB; larger bodies are 413. */
const BODY_BYTES_MAX = 1024 * 1024;

type Done = (error: Error | null, text: string) => void;

/** Lets this scope read JSON bodies only (else 415); an empty one counts as none. */
export function readJsonOnly(scope: FastifyInstance): void {
  const parseJson = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', (request, payload, done) => {
    const announcedBytes = Number(request.headers['content-length'] ?? 0);
    readText(payload, announcedBytes, (error, text) => {
      if (error !== null) done(error);
      else if (text === '') done(null, undefined);
      else void parseJson(request, text, done);
    });
  });
}

/**
 * Reads the body, within the limit. Fastify's own reader closes the connection of a body that is too large, and clients
 * still sending then see a reset instead of the 413; here Node discards the rest after the answer.
 */
function readText(payload: Readable, announcedBytes: number, done: Done): void {
  if (announcedBytes > BODY_BYTES_MAX) return done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE(), '');
  const chunks: Buffer[] = [];
  let bytes = 0;
  const finish = (error: Error | null, text = ''): void => {
    payload.off('data', onData).off('end', onEnd).off('error', finish);
    done(error, text);
  };
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) finish(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
    else chunks.push(chunk);
  };
  const onEnd = (): void => finish(null, Buffer.concat(chunks).toString());
  payload.on('data', onData).on('end', onEnd).on('error', finish);
}

import { errorOf, fail, invalidRequest, succeed, type StructuredOutcome } from '@aos/contracts';
import type { FastifyInstance } from 'fastify';
import type { Readable } from 'node:stream';

/** 1 MB; larger bodies are 413. */
const BODY_BYTES_MAX = 1024 * 1024;

/** A body as it was read, or why it was not. */
export type ReadBody = StructuredOutcome<unknown>;

type OnBody = (error: null, body: ReadBody) => void;
type OnText = (text: StructuredOutcome<string>) => void;

/**
 * Makes `request.body` of this scope a ReadBody: JSON (else 415) within the limit (else 413); an empty one counts as
 * none. Refusals are no errors for Fastify, because then it closes the connection, and a client that is still sending
 * sees a reset instead of the answer; this way Node discards what is left of the body.
 */
export function readJsonOnly(scope: FastifyInstance): void {
  const parseJson = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', (request, payload, done: OnBody) => {
    const announcedBytes = Number(request.headers['content-length'] ?? 0);
    readText(payload, announcedBytes, (text) => {
      if (!text.ok) return done(null, text);
      if (text.value === '') return done(null, succeed(undefined));
      void parseJson(request, text.value, (badJson, body: unknown) =>
        done(null, badJson === null ? succeed(body) : refused('must be valid JSON, without __proto__')),
      );
    });
  });
  scope.addContentTypeParser('*', (_request, _payload, done: OnBody) => {
    done(null, fail(errorOf('unsupported_media_type', 'Send the body as application/json.')));
  });
}

function refused(message: string): StructuredOutcome<never> {
  return fail(invalidRequest([{ field: '', message }]));
}

function readText(payload: Readable, announcedBytes: number, onText: OnText): void {
  const tooLarge = fail(errorOf('payload_too_large', 'The body is over 1 MB.'));
  if (announcedBytes > BODY_BYTES_MAX) return onText(tooLarge);
  const chunks: Buffer[] = [];
  let bytes = 0;
  const finish: OnText = (text) => {
    payload.off('data', onData).off('end', onEnd).off('error', onCut);
    onText(text);
  };
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) finish(tooLarge);
    else chunks.push(chunk);
  };
  const onEnd = (): void => finish(succeed(Buffer.concat(chunks).toString()));
  const onCut = (): void => finish(refused('was cut off'));
  payload.on('data', onData).on('end', onEnd).on('error', onCut);
}

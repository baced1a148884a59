import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import type { Credential } from '../application/ports.ts';

export const STREAM_PATH = '/v1/stream';

/** Who asks for a stream, by X-AOS-Key or a bearer token; never by the URL, which ends up in logs. */
export function parseUpgrade(request: IncomingMessage, traceparent: string): StructuredOutcome<Credential> {
  if (pathOf(request) !== STREAM_PATH) return fail(errorOf('not_found', `The stream is at ${STREAM_PATH}.`));
  const credential = headerOf(request, 'x-aos-key') ?? bearerOf(headerOf(request, 'authorization'));
  if (credential === undefined) {
    return fail(errorOf('unauthenticated', 'Send an API key in X-AOS-Key or as a bearer token.'));
  }
  return succeed({
    credential,
    tenantId: headerOf(request, 'x-tenant-id'),
    traceparent,
  });
}

/** The caller's request id where it is a plain one, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = headerOf(request, 'x-request-id') ?? '';
  return /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/** Without its query. */
export function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?')[0] ?? '';
}

/** The first value of a header; undefined for an empty one. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === '' ? undefined : first;
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

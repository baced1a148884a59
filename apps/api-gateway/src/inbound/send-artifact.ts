import {
  artifactsRead,
  succeed,
  type Command,
  type HttpRoute,
  type OutputOf,
  type StructuredOutcome,
} from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { clientGone } from './client-gone.ts';
import type { ApiRequest } from './pipeline.ts';

type Piece = OutputOf<typeof artifactsRead>;

/** Reads the piece of an artifact that begins at `offset`. */
type ReadPiece = (offset: number) => Promise<StructuredOutcome<Piece>>;

/**
 * Answers with the content of an artifact, of which the first piece is at hand. The rest is read as fast as the client
 * takes it; where it cannot be, the connection is cut, and the client misses bytes of `content-length`.
 */
export function sendArtifact(
  request: FastifyRequest<ApiRequest>,
  reply: FastifyReply,
  { messaging, route: { command = artifactsRead } }: { messaging: Messaging; route: HttpRoute },
  value: unknown,
): FastifyReply {
  const first = artifactsRead.output.parse(value);
  const { name, sha256, bytes, media_type: mediaType } = first.artifact;
  // Another file may come to stand under the name, so a cache has to ask.
  reply.headers({ etag: `"${sha256}"`, 'cache-control': 'private, no-cache' });
  if (isKnown(request.headers['if-none-match'], sha256)) return reply.status(304).send();
  reply.headers({
    'content-type': mediaType,
    'content-length': bytes,
    // A file made by a run is never shown by a browser as a page of this server.
    'content-disposition': `attachment; filename="${name}"`,
    'x-content-type-options': 'nosniff',
  });
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  const content = contentOf(first, pieceReader(request, reply, messaging, command));
  return reply.send(Readable.from(content, { objectMode: false }));
}

/** How the rest of an artifact is read for a request that has its first piece; each piece has the time of a command. */
function pieceReader(
  { admission, params }: FastifyRequest<ApiRequest>,
  reply: FastifyReply,
  messaging: Messaging,
  command: Command,
): ReadPiece {
  if (admission === null) throw new Error('a request came past admit()');
  const signal = clientGone(reply);
  return async (offset) => {
    const context = { ...admission, signal, deadlineMs: Date.now() + command.timeoutMs };
    const piece = await messaging.request(command, context, { ...params, offset });
    return piece.ok ? succeed(artifactsRead.output.parse(piece.value)) : piece;
  };
}

async function* contentOf(first: Piece, readPiece: ReadPiece): AsyncGenerator<Buffer> {
  const { sha256, bytes } = first.artifact;
  let piece = first;
  let sent = 0;
  for (;;) {
    const content = Buffer.from(piece.content_base64, 'base64');
    yield content;
    sent += content.length;
    if (sent >= bytes) return;
    const next = await readPiece(sent);
    if (!next.ok) throw new Error(`an artifact broke off at byte ${sent}: ${next.error.message}`);
    piece = next.value;
    if (piece.artifact.sha256 !== sha256 || piece.content_base64 === '')
      throw new Error(`an artifact changed while it was sent, at byte ${sent}`);
  }
}

/** Whether the client has this very content (RFC 9110 §13.1.2). */
function isKnown(ifNoneMatch: string | undefined, sha256: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(`"${sha256}"`);
}

import type { FastifyReply } from 'fastify';

/** Aborted when the client goes away before its answer. Fastify's own `request.signal` (5.12) also is when a body was read. */
export function clientGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) controller.abort();
  });
  return controller.signal;
}

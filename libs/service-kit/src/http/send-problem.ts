import { problemOf, type ErrorSpec } from '@aos/contracts';
import type { FastifyReply } from 'fastify';

/** Answers a failure as problem+json (RFC 9457), with Retry-After in whole seconds where it says when to come back. */
export function sendProblem(reply: FastifyReply, error: ErrorSpec, requestId?: string): FastifyReply {
  const body = problemOf(error, requestId);
  if (error.retry_after_ms !== undefined) reply.header('retry-after', Math.ceil(error.retry_after_ms / 1000));
  return reply.status(body.status).type('application/problem+json').send(body);
}

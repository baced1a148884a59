import type { ErrorSpec } from '@aos/contracts';
import { sendProblem } from '@aos/service-kit';
import type { FastifyReply } from 'fastify';

/** Answers a failure as a problem document; one about the credential says how to send one (RFC 9110 §11.6.1). */
export function refuse(reply: FastifyReply, error: ErrorSpec): FastifyReply {
  if (error.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer realm="aos"');
  return sendProblem(reply, error, reply.request.id);
}

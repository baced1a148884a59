import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyServerOptions } from 'fastify';
import { answerClientError } from './client-error.ts';
import { errorOfException } from './error-of-exception.ts';
import { sendProblem } from './send-problem.ts';

/** API.md: bodies over 1 MB are 413. */
const BODY_LIMIT_BYTES = 1_048_576;

/** How long a client may take to send its request. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Nest's Fastify adapter, with every error left as it is for ProblemFilter. */
class HttpAdapter extends FastifyAdapter {
  override mapException(error: unknown): unknown {
    return error;
  }
}

/** JSON only, request ids, problem+json also where Fastify or Node refuses before any route is found. */
export function createHttpAdapter(bodyLimitBytes = BODY_LIMIT_BYTES): FastifyAdapter {
  const options: FastifyServerOptions = {
    logger: false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: requestIdOf,
    frameworkErrors: (error, request, reply) => {
      void reply.header('x-request-id', request.id);
      sendProblem(reply, errorOfException(error), request.id);
    },
    clientErrorHandler: answerClientError,
  };
  const adapter = new HttpAdapter(options);
  adapter.getInstance().removeContentTypeParser('text/plain');
  return adapter;
}

/** The caller's id where it can stand in logs and headers, else a new one. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

import { Histogram, loggerFor, newTraceparent, type Logger, type Registry } from '@aos/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import './fastify-request.ts';
import { openRequestSpan, endRequestSpan } from './request-span.ts';
import type { Traffic } from '../traffic.ts';

interface RequestHookOptions {
  logger: Logger;
  metrics: Registry;
  traffic: Traffic;
}

/** What a proxy writes for a client that went away before its answer (nginx). */
const CLIENT_CLOSED_REQUEST = 499;

/** Per request: its id and trace, one access line, its duration, its place in the drain. */
export function addRequestHooks(
  fastify: FastifyInstance,
  { logger, metrics, traffic }: RequestHookOptions,
): void {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    registers: [metrics],
  });

  fastify.decorateRequest('traceparent', '');
  fastify.decorateRequest('tenantId', undefined);

  fastify.addHook('onRequest', (request, reply, done) => {
    const isProbe = isProbing(request);
    const span = isProbe ? undefined : openRequestSpan(request);
    request.traceparent = span?.traceparent ?? newTraceparent();
    reply.header('x-request-id', request.id);
    if (traffic.isDraining) reply.header('connection', 'close');
    if (!isProbe) traffic.begin();
    // `close` comes exactly once, also when the client went away or a handler took the socket over.
    reply.raw.once('close', () => {
      if (!isProbe) traffic.end();
      const status = reply.raw.writableFinished ? reply.statusCode : CLIENT_CLOSED_REQUEST;
      const route = request.routeOptions.url ?? 'none';
      duration.observe({ method: request.method, route, status: String(status) }, reply.elapsedTime / 1000);
      logAccess(logger, request, { status, reply });
      if (span !== undefined) endRequestSpan(span, request, status);
    });
    done();
  });
}

function isProbing(request: FastifyRequest): boolean {
  return /^(\/api\/v1)?\/(health|metrics)\b/.test(request.url);
}

function logAccess(
  logger: Logger,
  request: FastifyRequest,
  { status, reply }: { status: number; reply: FastifyReply },
): void {
  const level = isProbing(request) ? 'debug' : 'info';
  if (!logger.isLevelEnabled(level)) return;
  const [path] = request.url.split('?');
  const { id: requestId, traceparent, tenantId } = request;
  const facts = { requestId, traceparent, ...(tenantId !== undefined && { tenantId }) };
  const durationMs = Math.round(reply.elapsedTime * 10) / 10;
  loggerFor(logger, facts)[level](
    { method: request.method, path, status, duration_ms: durationMs },
    'request',
  );
}

import 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** W3C trace context of this request: the caller's trace where it sent one, with a span of our own. */
    traceparent: string;
    /** For the access log; set by whoever authenticates. */
    tenantId: string | undefined;
  }
}

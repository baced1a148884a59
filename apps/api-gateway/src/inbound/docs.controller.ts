import { asyncApiDocument, openApiDocument } from '@aos/contracts';
import { releaseVersion } from '@aos/service-kit';
import fastifyApiReference from '@scalar/fastify-api-reference';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { FastifyHost } from './fastify-host.ts';

/** Nothing but this server: the page works offline and tells nobody that it was opened. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `/openapi.json`, `/asyncapi.json` and the readable page `/docs`; open to everybody. */
export class DocsController implements OnApplicationBootstrap {
  constructor(private readonly host: FastifyHost) {}

  async onApplicationBootstrap(): Promise<void> {
    const server = this.host.httpAdapter.getInstance();
    const version = releaseVersion();
    serveJson(server, '/openapi.json', openApiDocument(version));
    serveJson(server, '/asyncapi.json', asyncApiDocument(version));
    await server.register(fastifyApiReference, {
      routePrefix: '/docs',
      configuration: {
        url: '/openapi.json',
        pageTitle: 'AOS API',
        withDefaultFonts: false,
        telemetry: false,
        hideClientButton: true,
        agent: { disabled: true },
        mcp: { disabled: true },
      },
      hooks: {
        onRequest: (_request, reply, done) => {
          reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
          done();
        },
      },
    });
  }
}

/** Written once: the document is the same for everybody and as long as the process lives. */
function serveJson(server: FastifyInstance, path: string, document: object): void {
  const text = JSON.stringify(document);
  server.get(path, (_request, reply) => reply.type('application/json').send(text));
}

import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';

/** Where Nest keeps the HTTP server. Routes are added in `onApplicationBootstrap`, when hooks and error handler are in place. */
export type FastifyHost = HttpAdapterHost<FastifyAdapter>;

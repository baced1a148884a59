import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';

/** Where Nest keeps the HTTP server. Routes are added in `onModuleInit`, when service-kit's hooks are in place. */
export type FastifyHost = HttpAdapterHost<FastifyAdapter>;

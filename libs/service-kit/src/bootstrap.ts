import { createLogger, startTracing, type Logger, type Registry } from '@aos/telemetry';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpAdapter } from './http/http-adapter.ts';
import { ProblemFilter } from './http/problem-filter.ts';
import { addRequestHooks } from './http/request-hooks.ts';
import { RouteTable } from './http/route-table.ts';
import { nestLogger } from './nest-logger.ts';
import { releaseVersion } from './release-version.ts';
import type { ServiceConfig } from './service-config.ts';
import { drainOnSignal, exitOnBug } from './shutdown.ts';
import { METRICS } from './tokens.ts';
import { Traffic } from './traffic.ts';

export interface BootstrapOptions {
  /** Name of the service in its logs. */
  name: string;
  config: ServiceConfig;
  /** Imports ServiceKitModule. */
  module: Type | DynamicModule;
  /** Default: a new one. */
  logger?: Logger;
  /** Default 1 MB. */
  bodyLimitBytes?: number;
}

/**
 * Starts a service and resolves when it listens. Modules stop taking work in `onModuleDestroy` and close their
 * connections in `onApplicationShutdown`, when no request is left.
 */
export async function bootstrap(options: BootstrapOptions): Promise<NestFastifyApplication> {
  const { name, config } = options;
  const logger = options.logger ?? createLogger({ service: name, level: config.LOG_LEVEL });
  exitOnBug(logger);
  const tracing = await startTracing({ service: name, version: releaseVersion(), config, logger });
  const app = await NestFactory.create<NestFastifyApplication>(
    options.module,
    createHttpAdapter(options.bodyLimitBytes),
    { logger: nestLogger(logger), bodyParser: false, abortOnError: false },
  );
  const fastify = app.getHttpAdapter().getInstance();
  const traffic = app.get(Traffic);
  const routes = new RouteTable();
  fastify.addHook('onRoute', ({ url, method }) => routes.add(url, method));
  addRequestHooks(fastify, { logger, traffic, metrics: app.get<Registry>(METRICS) });
  app.useGlobalFilters(new ProblemFilter(logger, routes));
  drainOnSignal(app, { logger, traffic, tracing, timeoutMs: config.SHUTDOWN_TIMEOUT_SECONDS * 1000 });
  await app.listen(config.PORT, config.HOST);
  logger.info({ url: await app.getUrl() }, 'listening');
  return app;
}

import type { Logger } from '@aos/telemetry';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServiceConfig } from './service-config.ts';

export interface BootstrapOptions {
  /** Name of the service, in logs and metrics. */
  name: string;
  config: ServiceConfig;
  module: Type | DynamicModule;
  /** Default: one of its own. */
  logger?: Logger;
  /** Default 1 MB. */
  bodyLimitBytes?: number;
}

/** Starts a service: resolves when it listens. */
export async function bootstrap({ config, module }: BootstrapOptions): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter());
  await app.listen(config.PORT, config.HOST);
  return app;
}

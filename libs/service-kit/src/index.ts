import 'reflect-metadata';

export * from './bootstrap.ts';
export * from './config/configuration-error.ts';
export * from './config/read-config.ts';
export * from './health/health-checks.ts';
export * from './health/health-probe.ts';
export * from './http/fastify-request.ts';
export * from './http/send-problem.ts';
export { releaseVersion } from './release-version.ts';
export type { ServiceConfig } from './service-config.ts';
export * from './service-kit.module.ts';
export * from './tokens.ts';
export * from './traffic.ts';

import { z } from 'zod';
import { envInt, envUrl } from './env.ts';
import { tracingConfig } from './tracing.ts';

/** Variables every service reads. */
export const coreConfig = {
  ENV: z
    .enum(['dev', 'test', 'prod', 'production'])
    .default('dev')
    .describe('prod refuses every fallback: a store or adapter that is not configured stops the start'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  NATS_URL: envUrl(/^(nats|tls)$/).describe('with the user and password of this service'),
  HOST: z.string().default('0.0.0.0').describe('address the HTTP port is bound to'),
  HEALTH_CHECK_TIMEOUT_SECONDS: envInt(5, { min: 1, max: 60 }).describe('bound of each health probe'),
  SHUTDOWN_TIMEOUT_SECONDS: envInt(20, { min: 1, max: 600 }).describe('how long a drain on SIGTERM may take'),
  ...tracingConfig,
};

export const postgresUrl = envUrl(/^postgres(ql)?$/);
export const redisUrl = envUrl(/^rediss?$/);

export function isProduction(env: string): boolean {
  return env === 'prod' || env === 'production';
}

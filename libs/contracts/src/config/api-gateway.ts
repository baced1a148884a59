import { z } from 'zod';
import { coreConfig, postgresUrl, redisUrl } from './core.ts';
import { envBool, envInt } from './env.ts';

export const apiGatewayConfig = z.object({
  ...coreConfig,
  PORT: envInt(8000, { max: 65_535 }),
  DATABASE_URL: postgresUrl.describe('login aos_app; may be pooled'),
  REDIS_URL: redisUrl.optional().describe('rate limits; without it, in dev only, they are counted in memory'),
  AOS_API_KEY: z.string().min(16).optional().describe('bootstrap admin key: level 5, all tenants'),
  ENFORCE_TENANCY: envBool(false).describe('refuse requests without X-Tenant-Id'),
  RBAC_ENABLED: envBool(true),
  RATE_LIMIT_ENABLED: envBool(true),
  RATE_LIMIT_GOALS_RPM: envInt(100, { min: 1 }).describe('goals per minute and tenant'),
  RATE_LIMIT_DEFAULT_RPM: envInt(60, { min: 1 }).describe(
    'other writes per minute and tenant; reads ten times that',
  ),
  RATE_LIMIT_FAIL_OPEN: envBool(true).describe('let requests pass when Redis is down'),
});

export type ApiGatewayConfig = z.infer<typeof apiGatewayConfig>;

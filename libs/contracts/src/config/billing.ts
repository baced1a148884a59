import { z } from 'zod';
import { coreConfig, postgresUrl } from './core.ts';
import { envInt } from './env.ts';

export const billingConfig = z.object({
  ...coreConfig,
  PORT: envInt(8040, { max: 65_535 }).describe('health and metrics only'),
  DATABASE_URL: postgresUrl.describe('login aos_app; may be pooled'),
  DATABASE_SYSTEM_URL: postgresUrl.describe('login aos_engine; direct, not pooled'),
  USAGE_RECONCILE_MINUTES: envInt(60, { min: 1, max: 1440 }).describe(
    'how often usage is compared with what router and orchestrator have kept',
  ),
});

export type BillingConfig = z.infer<typeof billingConfig>;

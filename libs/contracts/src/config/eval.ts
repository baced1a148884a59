import { z } from 'zod';
import { coreConfig, postgresUrl } from './core.ts';
import { envInt } from './env.ts';

export const evalConfig = z.object({
  ...coreConfig,
  PORT: envInt(8030, { max: 65_535 }).describe('health and metrics only'),
  DATABASE_URL: postgresUrl.describe('login aos_app; may be pooled'),
  DATABASE_SYSTEM_URL: postgresUrl.describe('login aos_engine; direct, not pooled'),
  EVAL_CONCURRENCY: envInt(4, { min: 1, max: 100 }).describe('runs of one evaluation at once'),
});

export type EvalConfig = z.infer<typeof evalConfig>;

import { z } from 'zod';
import { coreConfig, postgresUrl } from './core.ts';
import { envInt, envList } from './env.ts';

export const orchestratorConfig = z.object({
  ...coreConfig,
  PORT: envInt(8010, { max: 65_535 }).describe('health and metrics only'),
  DATABASE_URL: postgresUrl.describe('login aos_app; may be pooled'),
  DATABASE_SYSTEM_URL: postgresUrl.describe('login aos_engine; direct, not pooled'),
  WORKER_SLOTS: envInt(100, { min: 1, max: 10_000 }).describe('runs this process works on at once'),
  MAX_STEPS: envInt(50, { min: 1, max: 1000 }),
  MAX_CONCURRENT_RUNS_PER_AGENT: envInt(5, { min: 1 }).describe('open runs of an agent that does not say'),
  DEFAULT_EST_COST_CENTS: envInt(50).describe('reserved for a goal without estimate and plan'),
  EGRESS_ALLOW: envList.describe('hosts or CIDRs that skills may reach although they are private'),
  EGRESS_DENY: envList.describe('hosts or CIDRs that skills may not reach'),
  WEBHOOK_KEYS_PATH: z
    .string()
    .default('/var/lib/aos/webhook-keys')
    .describe('folder of the webhook signing secrets, a file per version'),
  WEBHOOK_KEY_VERSION: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default('v1'),
});

export type OrchestratorConfig = z.infer<typeof orchestratorConfig>;

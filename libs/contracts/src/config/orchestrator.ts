import { z } from 'zod';
import { coreConfig, postgresUrl } from './core.ts';
import { envInt, envList, envUrl } from './env.ts';

const settings = z.object({
  ...coreConfig,
  PORT: envInt(8010, { max: 65_535 }).describe('health and metrics only'),
  DATABASE_URL: postgresUrl.describe('login aos_app; may be pooled'),
  DATABASE_SYSTEM_URL: postgresUrl.describe('login aos_engine; direct, not pooled'),
  WORKER_SLOTS: envInt(100, { min: 1, max: 10_000 }).describe('runs this process works on at once'),
  MAX_STEPS: envInt(50, { min: 1, max: 1000 }),
  MAX_CONCURRENT_RUNS_PER_AGENT: envInt(5, { min: 1 }).describe('open runs of an agent that does not say'),
  DEFAULT_EST_COST_CENTS: envInt(50).describe('reserved for a goal without estimate and plan'),
  PLANNER_BACKEND: z
    .enum(['anthropic', 'stub'])
    .default('anthropic')
    .describe('stub: every goal without a plan becomes one labelled json_transform step'),
  PLANNER_TIMEOUT_SECONDS: envInt(90, { min: 1, max: 600 }).describe('how long one try at a plan may take'),
  ARTIFACT_STORE: z
    .enum(['local', 's3'])
    .optional()
    .describe('where large payloads and files of runs are kept; local in dev'),
  ARTIFACT_PATH: z.string().default('/var/lib/aos/artifacts').describe('folder of the local artifact store'),
  S3_ENDPOINT: envUrl(/^https?$/)
    .optional()
    .describe('of a server that is not AWS'),
  S3_BUCKET: z.string().min(1).optional().describe('needed with ARTIFACT_STORE=s3'),
  S3_REGION: z.string().default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().optional().describe('absent: the usual AWS credential chain'),
  S3_SECRET_ACCESS_KEY: z.string().optional().describe('goes with S3_ACCESS_KEY_ID'),
  CHECKPOINT_OFFLOAD_OLDER_THAN_DAYS: envInt(3, { min: 1 }).describe(
    'whole days after which a day of the journal is archived in the artifact store, once all its runs have ended',
  ),
  CHECKPOINT_OFFLOAD_MAX_RETRIES: envInt(3).describe('of a day; then it is tried again a day later'),
  CHECKPOINT_RETENTION_DAYS: envInt(7, { min: 1 }).describe(
    'whole days after which an archived day leaves the database; its runs are then read from the archive',
  ),
  RUN_RETENTION_DAYS: envInt(7, { min: 1 }).describe(
    'how long an ended run of such a day is known after its end',
  ),
  IDEMPOTENCY_TTL_HOURS: envInt(24, { min: 1 }).describe(
    'runs, and with them their keys, are known at least so long',
  ),
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

export const orchestratorConfig = settings
  .refine((set) => set.ARTIFACT_STORE !== 's3' || set.S3_BUCKET !== undefined, {
    path: ['S3_BUCKET'],
    error: 'needed with ARTIFACT_STORE=s3',
  })
  .refine((set) => set.S3_ACCESS_KEY_ID === undefined || set.S3_SECRET_ACCESS_KEY !== undefined, {
    path: ['S3_SECRET_ACCESS_KEY'],
    error: 'goes with S3_ACCESS_KEY_ID',
  });

export type OrchestratorConfig = z.infer<typeof orchestratorConfig>;

import { z } from 'zod';
import { coreConfig } from './core.ts';
import { envInt } from './env.ts';

export const realtimeConfig = z.object({
  ...coreConfig,
  PORT: envInt(8001, { max: 65_535 }),
  WS_QUEUE_MAX: envInt(1000, { min: 10 }).describe(
    'events kept for a slow connection before a gap is reported',
  ),
  WS_TOPICS_MAX: envInt(100, { min: 1 }).describe('topics of one connection'),
  WS_PING_SECONDS: envInt(20, { min: 1 }),
});

export type RealtimeConfig = z.infer<typeof realtimeConfig>;

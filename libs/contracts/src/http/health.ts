import { z } from 'zod';

export const healthStatus = z.enum(['healthy', 'degraded', 'unhealthy']);

/** What `/health` answers; `degraded` still serves, `unhealthy` is a 503. */
export const health = z.object({
  status: healthStatus,
  components: z.record(
    z.string(),
    z.object({ status: healthStatus, latency_ms: z.number(), detail: z.string().optional() }),
  ),
});

export type HealthStatus = z.infer<typeof healthStatus>;
export type Health = z.infer<typeof health>;

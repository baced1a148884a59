import { z } from 'zod';

/** `.aos/stack.json`: how to reach a local stack. */
export const stackFile = z.object({
  gateway_url: z.string(),
  realtime_url: z.string(),
  api_key: z.string(),
  admin_key: z.string(),
  tenant_id: z.string(),
  /** Login aos_app: row security shows nothing outside a tenant. */
  database_url: z.string(),
  /** A superuser, to look past row security; absent where the server is not the stack's own. */
  database_admin_url: z.string().optional(),
  redis_url: z.string(),
  nats_url: z.string(),
  /** A local server that speaks Anthropic's Messages protocol with simulated answers; absent where none was asked for. */
  model_sandbox_url: z.string().optional(),
  services: z.record(z.string(), z.object({ pid: z.int(), health_url: z.string() })),
});

export type StackFile = z.infer<typeof stackFile>;

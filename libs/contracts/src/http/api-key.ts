import { z } from 'zod';
import { id, nextCursor, tenantId, timestamp } from '../values.ts';

export const apiKeyCreateInput = z.strictObject({
  name: z.string().trim().min(1).max(200),
  /** 1 viewer, 2 operator, 3 team_member, 4 manager, 5 owner; at most the caller's own. */
  level: z.int().min(1).max(5).default(3),
});

const apiKey = z.object({
  key_id: id,
  tenant_id: tenantId,
  name: z.string(),
  level: z.int(),
  created_at: timestamp,
  revoked_at: timestamp.nullable(),
});

export const createdApiKey = apiKey.extend({ api_key: z.string() });
export const apiKeyList = z.object({ data: z.array(apiKey), next_cursor: nextCursor });

export type ApiKey = z.infer<typeof apiKey>;
export type CreatedApiKey = z.infer<typeof createdApiKey>;

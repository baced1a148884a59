import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { stuckRun } from '../../ops.ts';
import { nextCursor, page } from '../../values.ts';

/** Unfinished runs that have not moved for a while, each with the reason. */
export const opsStuck = defineCommand({
  subject: 'orchestrator.ops.stuck.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Unfinished runs that do not move, with the reason',
  input: z.strictObject({
    ...page,
    older_than_seconds: z.int().min(0).max(2_592_000).default(300),
    /** For a credential of the platform only. */
    all_tenants: z.boolean().default(false),
  }),
  output: z.object({ data: z.array(stuckRun), next_cursor: nextCursor }),
  errors: ['invalid_request', 'authorization_denied'],
  timeoutMs: 20_000,
  idempotent: true,
});

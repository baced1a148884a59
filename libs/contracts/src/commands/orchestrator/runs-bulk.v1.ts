import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { runOnFailure } from '../../rollback.ts';
import { runStatus } from '../../run.ts';
import { id, nextCursor, timestamp } from '../../values.ts';

export const BULK_ACTIONS = ['cancel', 'retry'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** All that are given must fit. */
const bulkFilter = z.strictObject({
  agent_id: id.optional(),
  status: runStatus.optional(),
  labels: z.record(z.string().min(1).max(63), z.string().max(255)).optional(),
  created_before: timestamp.optional(),
  created_after: timestamp.optional(),
});

/** Do the same with many runs of the tenant, newest first, page by page. */
export const runsBulk = defineCommand({
  subject: 'orchestrator.runs.bulk.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Do the same with many runs, newest first; what does not allow the action is not touched',
  input: z.strictObject({
    action: z.enum(BULK_ACTIONS),
    filter: bulkFilter,
    /** Only tell which runs would be hit. */
    dry_run: z.boolean().default(false),
    reason: z.string().max(500).optional(),
    /** Of a cancel: what becomes of completed effects; default: what each goal or its agent says. */
    on_failure: runOnFailure.optional(),
    limit: z.int().min(1).max(1000).default(100),
    cursor: z.string().max(500).optional(),
  }),
  output: z.object({
    action: z.enum(BULK_ACTIONS),
    dry_run: z.boolean(),
    /** Of this page on, this page included. */
    matched: z.int(),
    done: z.int(),
    failed: z.int(),
    data: z.array(
      z.object({
        run_id: id,
        status: runStatus,
        goal: z.string(),
        outcome: z.enum(['would_be_hit', 'done', 'failed']),
        error: z.object({ code: z.string(), message: z.string() }).nullable(),
      }),
    ),
    next_cursor: nextCursor,
  }),
  errors: ['invalid_request'],
  timeoutMs: 60_000,
  idempotent: true,
});

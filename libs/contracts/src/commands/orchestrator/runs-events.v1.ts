import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { cloudEvent } from '../../events.ts';
import { id, nextCursor } from '../../values.ts';
/** A page of the events of a run, from its journal. */
export const runsEvents = defineCommand({
  subject: 'orchestrator.runs.events.v1',
  owner: 'orchestrator',
  callers: ['api-gateway', 'realtime'],
  summary: 'A page of the events of a run, from its journal',
  input: z.strictObject({
    run_id: id,
    /** The run_seq after which to start; 0: from the first. */
    after: z.int().nonnegative().default(0),
    limit: z.int().min(1).max(1000).default(100),
  }),
  output: z.object({ data: z.array(cloudEvent), next_cursor: nextCursor }),
  errors: ['not_found', 'invalid_request'],
  timeoutMs: 10_000,
  idempotent: true,
});

import { z } from 'zod';
import { cloudEvent } from './events.ts';
import { nextCursor, timestamp } from './values.ts';

/** Events of all tenants from a service's own tables, oldest first. Sent without a tenant. */
export const exportInput = z.strictObject({
  /** From this time on. */
  from: timestamp,
  cursor: z.string().max(500).optional(),
  limit: z.int().min(1).max(200).default(200),
});

/** The events as they were published, with the same ids. A null cursor: there is no more now. */
export const exportOutput = z.object({ events: z.array(cloudEvent), next_cursor: nextCursor });

export type ExportInput = z.infer<typeof exportInput>;
export type ExportOutput = z.infer<typeof exportOutput>;

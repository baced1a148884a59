import { z } from 'zod';

/** Who can mend a failure; only `platform` pages anyone. */
export const errorOwner = z.enum(['caller', 'tenant_policy', 'upstream', 'platform']);

/** One thing wrong with an input: where (a JSON pointer, RFC 6901) and what to do about it. */
export const inputIssue = z.object({ field: z.string(), message: z.string() });

/** A failure as data. Retry code reads `retryable` and `retry_after_ms`, never messages. */
export const errorSpec = z.object({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  owner: errorOwner,
  retry_after_ms: z.int().nonnegative().optional(),
  details: z.record(z.string(), z.json()).optional(),
});

export type ErrorSpec = z.infer<typeof errorSpec>;
export type InputIssue = z.infer<typeof inputIssue>;

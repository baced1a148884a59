import { fail, idempotencyKey, invalidRequest, succeed, type StructuredOutcome } from '@aos/contracts';
import type { IncomingHttpHeaders } from 'node:http';
import { headerOf } from './header.ts';

/** The Idempotency-Key header, if there is one. That the body says no other is seen once the body is read. */
export function idempotencyKeyStage(headers: IncomingHttpHeaders): StructuredOutcome<string | undefined> {
  const text = headerOf(headers, 'idempotency-key');
  if (text === undefined) return succeed(undefined);
  const parsed = idempotencyKey.safeParse(text);
  if (parsed.success) return succeed(parsed.data);
  return fail(
    invalidRequest([{ field: 'Idempotency-Key', message: 'must be 1 to 200 printable ASCII characters' }]),
  );
}

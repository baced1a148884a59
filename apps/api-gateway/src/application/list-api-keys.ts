import {
  fail,
  id,
  invalidRequest,
  page,
  succeed,
  type ApiKey,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import { z } from 'zod';
import type { ApiKeyStore } from './api-key-store.ts';

export const listApiKeysInput = z.strictObject(page);

/** The tenant's keys without the secrets, newest first. */
export class ListApiKeys {
  constructor(private readonly keys: ApiKeyStore) {}

  async run(
    context: RequestContext,
    { limit, cursor }: z.output<typeof listApiKeysInput>,
  ): Promise<StructuredOutcome<{ data: ApiKey[]; next_cursor: string | null }>> {
    const before = cursor === undefined ? undefined : keyIdOf(cursor);
    if (before === null) {
      return fail(
        invalidRequest([{ field: '/cursor', message: 'must be a next_cursor of an earlier page' }]),
      );
    }
    // One more than asked for tells whether another page follows.
    const found = await this.keys.list(context.tenantId, { limit: limit + 1, before });
    if (!found.ok) return found;
    const data = found.value.slice(0, limit);
    const last = data.at(-1);
    const hasMore = found.value.length > limit && last !== undefined;
    return succeed({ data, next_cursor: hasMore ? cursorOf(last.key_id) : null });
  }
}

function cursorOf(keyId: string): string {
  return Buffer.from(keyId).toString('base64url');
}

function keyIdOf(cursor: string): string | null {
  const parsed = id.safeParse(Buffer.from(cursor, 'base64url').toString());
  return parsed.success ? parsed.data : null;
}

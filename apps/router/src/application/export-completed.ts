import {
  fail,
  id,
  invalidRequest,
  succeed,
  timestamp,
  type ExportInput,
  type ExportOutput,
  type StructuredOutcome,
} from '@aos/contracts';
import { completedEvent } from '../domain/spend.ts';
import type { SpendPlace, SpendStore } from './ports.ts';

/** The `llm.completed` events of all tenants, made anew from the spends. */
export function exportCompleted(spends: SpendStore) {
  return async (
    _context: unknown,
    { from, cursor, limit }: ExportInput,
  ): Promise<StructuredOutcome<ExportOutput>> => {
    const after = cursor === undefined ? undefined : placeOf(cursor);
    if (cursor !== undefined && after === undefined) {
      return fail(
        invalidRequest([{ field: '/cursor', message: 'is not a cursor of this export; start without one' }]),
      );
    }
    const found = await spends.list({ from, after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return succeed({
      events: page.map((spend) => completedEvent(spend)),
      next_cursor: found.length > limit && last !== undefined ? cursorOf(last) : null,
    });
  };
}

function cursorOf({ createdAt, id: spendId }: SpendPlace): string {
  return Buffer.from(`${createdAt} ${spendId}`).toString('base64url');
}

function placeOf(cursor: string): SpendPlace | undefined {
  const [createdAt = '', spendId = '', ...more] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const isPlace =
    timestamp.safeParse(createdAt).success && id.safeParse(spendId).success && more.length === 0;
  return isPlace ? { createdAt, id: spendId } : undefined;
}

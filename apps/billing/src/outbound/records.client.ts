import type { ExportOutput, StructuredOutcome } from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import { newTraceparent } from '@aos/telemetry';
import { v7 } from 'uuid';
import type { ReadRecords } from '../application/ports.ts';
import type { UsageSource } from '../application/usage-source.ts';

/** How many are asked for; fewer where the events of a page are too large for one answer. */
const PAGE_EVENTS = [200, 10, 1];
const DEADLINE_MS = 60_000;

/** Asks the owner of a source for its records. They are of all tenants, so the context names none. */
export function recordsClient(messaging: Messaging, { records }: UsageSource): ReadRecords {
  const askFor = (limit: number, ...[from, cursor, signal]: Parameters<ReadRecords>) => {
    const context = {
      tenantId: '',
      actor: { id: 'service:billing', level: 1 },
      requestId: v7(),
      deadlineMs: Date.now() + DEADLINE_MS,
      traceparent: newTraceparent(),
      signal,
    };
    const place = cursor === null ? {} : { cursor };
    return messaging.request(records, context, { from, limit, ...place });
  };
  return async (...place) => {
    const [first = 1, ...fewer] = PAGE_EVENTS;
    let page: StructuredOutcome<ExportOutput> = await askFor(first, ...place);
    for (const limit of fewer) {
      if (page.ok || page.error.code !== 'payload_limit') break;
      page = await askFor(limit, ...place);
    }
    return page;
  };
}

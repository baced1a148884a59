import type { Messaging } from '@aos/messaging';
import { newTraceparent } from '@aos/telemetry';
import { v7 } from 'uuid';
import type { ReadRecords } from '../application/ports.ts';
import type { UsageSource } from '../application/usage-source.ts';

const PAGE_EVENTS = 200;
const DEADLINE_MS = 60_000;

/** Asks the owner of a source for its records. They are of all tenants, so the context names none. */
export function recordsClient(messaging: Messaging, { records }: UsageSource): ReadRecords {
  return (from, cursor, signal) => {
    const context = {
      tenantId: '',
      actor: { id: 'service:billing', level: 1 },
      requestId: v7(),
      deadlineMs: Date.now() + DEADLINE_MS,
      traceparent: newTraceparent(),
      signal,
    };
    const place = cursor === null ? {} : { cursor };
    return messaging.request(records, context, { from, limit: PAGE_EVENTS, ...place });
  };
}

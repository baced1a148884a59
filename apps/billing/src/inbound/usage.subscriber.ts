import { setTimeout as sleep } from 'node:timers/promises';
import { fail, invalidRequest, type StructuredOutcome } from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import type { UsageObserver } from '../application/ports.ts';
import type { UsageCounter } from '../application/usage-counter.ts';
import type { UsageSource } from '../application/usage-source.ts';
import type { UsageEntry } from '../domain/usage-entry.ts';

interface SubscriberParts {
  messaging: Pick<Messaging, 'consume'>;
  counter: Pick<UsageCounter, 'count'>;
  observer: UsageObserver;
  /** Aborted when the process drains: what cannot be counted now is handed back. */
  draining: AbortSignal;
}

/** Handled at once, so that they can share transactions. */
const CONCURRENCY = 200;
/** Usage is read a second later at the earliest; gathered, a batch costs hardly more than an event. */
const LINGER_MS = 100;
const RETRY_MS = 500;

/** Meters the events of a source as they come. */
export function subscribeUsage(parts: SubscriberParts, { name, consumer, entry }: UsageSource): void {
  const { messaging, observer } = parts;
  messaging.consume(consumer, {
    schema: entry,
    concurrency: CONCURRENCY,
    lingerMs: LINGER_MS,
    handle: async ({ subject }, event) => {
      const sender = tenantOf(subject);
      if (sender !== event.tenantId) {
        observer.event(name, 'refused');
        return fail(
          invalidRequest([{ field: '/tenantid', message: `must be ${sender}, as in the subject` }]),
        );
      }
      const outcome = await countAtLast(parts, event);
      if (outcome.ok) observer.event(name, outcome.value ? 'counted' : 'repeated');
      return outcome;
    },
  });
}

/** While the database is away the event is held: handed back it would use up its deliveries. */
async function countAtLast(
  { counter, draining }: SubscriberParts,
  event: UsageEntry,
): Promise<StructuredOutcome<boolean>> {
  for (;;) {
    const outcome = await counter.count(event);
    if (outcome.ok || !outcome.error.retryable || draining.aborted) return outcome;
    await sleep(RETRY_MS, undefined, { signal: draining }).catch(() => undefined); // rejects only when aborted
  }
}

/** `aos.events.v1.<tenant>.…`: what its producer may publish to is held by the server. */
function tenantOf(subject: string): string {
  return subject.split('.')[3] ?? '';
}

import { issuesOf, succeed, type CloudEvent, type StructuredOutcome } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { UsageEntry } from '../domain/usage-entry.ts';
import type { ReadRecords, UsageObserver, Watermarks } from './ports.ts';
import type { UsageCounter } from './usage-counter.ts';
import type { UsageSource } from './usage-source.ts';

export interface ReconcileParts {
  counter: Pick<UsageCounter, 'count'>;
  watermarks: Watermarks;
  observer: UsageObserver;
  logger: Logger;
  now: () => number;
}

export interface ReconciledSource {
  source: UsageSource;
  readRecords: ReadRecords;
}

export interface Reconciled {
  /** Events compared. */
  read: number;
  /** Events that had not come by way of the stream. */
  late: number;
}

const BEGINNING = new Date(0).toISOString();
/** A record may become visible after younger ones: its transaction was longer, or its owner's clock was behind. */
const OVERLAP_MS = 10 * 60_000;

/**
 * Counts what the stream did not bring: reads the records of a source from a little before where the last comparison
 * ended. Each page is kept track of, so that a crash costs one page and the overlap.
 */
export function reconcileUsage(parts: ReconcileParts, { source, readRecords }: ReconciledSource) {
  return (signal: AbortSignal): Promise<StructuredOutcome<Reconciled>> =>
    parts.watermarks.exclusively(source.name, async () => {
      const startedMs = parts.now();
      const watermark = await parts.watermarks.read(source.name);
      if (!watermark.ok) return watermark;
      const from = startOf(watermark.value);
      const total: Reconciled = { read: 0, late: 0 };
      for (let cursor: string | null = null; ;) {
        const page = await readRecords(from, cursor, signal);
        if (!page.ok) return page;
        const late = await countPage(parts, source, page.value.events);
        if (!late.ok) return late;
        const moved = await advance(parts, source, { events: page.value.events, startedMs });
        if (!moved.ok) return moved;
        total.read += page.value.events.length;
        total.late += late.value;
        cursor = page.value.next_cursor;
        if (cursor === null) break;
      }
      parts.observer.reconciled(source.name);
      return succeed(total);
    });
}

function startOf(watermark: string | undefined): string {
  return watermark === undefined ? BEGINNING : new Date(Date.parse(watermark) - OVERLAP_MS).toISOString();
}

/** How many were new. */
async function countPage(
  { counter, observer, logger }: ReconcileParts,
  source: UsageSource,
  events: readonly CloudEvent[],
): Promise<StructuredOutcome<number>> {
  const entries = events.flatMap((event): UsageEntry[] => {
    const entry = source.entry.safeParse(event);
    if (entry.success) return [entry.data];
    observer.event(source.name, 'refused');
    logger.error({ event_id: event.id, issues: issuesOf(entry.error) }, 'a record cannot be metered');
    return [];
  });
  const outcomes = await Promise.all(entries.map((entry) => counter.count(entry)));
  let late = 0;
  for (const outcome of outcomes) {
    if (!outcome.ok) return outcome;
    if (!outcome.value) continue;
    late += 1;
    observer.event(source.name, 'late');
  }
  return succeed(late);
}

interface ComparedPage {
  events: readonly CloudEvent[];
  startedMs: number;
}

/** To the last event of the page, not past the start: an event from the future must not hide those that come until then. */
async function advance(
  { watermarks }: ReconcileParts,
  source: UsageSource,
  { events, startedMs }: ComparedPage,
): Promise<StructuredOutcome<unknown>> {
  const last = events.at(-1);
  if (last === undefined) return succeed(undefined);
  const untilMs = Math.min(Date.parse(last.time), startedMs);
  return watermarks.advance(source.name, new Date(untilMs).toISOString());
}

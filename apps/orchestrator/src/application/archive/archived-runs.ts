import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { cloudEvent } from '@aos/contracts';
import { LRUCache } from 'lru-cache';
import { runDay, runTime } from '../../domain/run/run-day.ts';
import type { RunEvent } from '../../domain/run/state.ts';
import type { Clock } from '../engine/ports.ts';
import type { RunReader } from '../run-reader.ts';
import { ArchiveUnavailableError, archiveName, type ArchiveStore } from './archive-store.ts';

const decompress = promisify(gunzip);

/** What was read last is read again soon: events go out in pages. */
const AT_HAND_BYTES_MAX = 16 * 1024 * 1024;

/** No day is archived earlier, so there is nothing to look for. */
const NEVER_BEFORE_MS = 86_400_000;

/** Where the events of archived runs lie, to the tenant they belong to. */
export interface ArchiveIndex {
  find(tenantId: string, runId: string): Promise<{ firstByte: number; bytes: number } | undefined>;
}

interface ArchivedParts {
  runs: RunReader;
  index: ArchiveIndex;
  store: ArchiveStore;
  clock: Clock;
}

interface ReadRun {
  events: readonly RunEvent[];
  bytes: number;
}

/** Reads runs whose events have left the journal from the archive of their day; others as ever, without a further question. */
export function archivedRuns({ runs, index, store, clock }: ArchivedParts): RunReader {
  const atHand = new LRUCache<string, ReadRun>({
    maxSize: AT_HAND_BYTES_MAX,
    sizeCalculation: ({ bytes }) => Math.max(1, bytes),
  });
  const read = async (tenantId: string, runId: string): Promise<readonly RunEvent[]> => {
    if (clock.now() - runTime(runId).getTime() < NEVER_BEFORE_MS) return [];
    const key = `${tenantId}/${runId}`;
    const known = atHand.get(key);
    if (known !== undefined) return known.events;
    const place = await index.find(tenantId, runId);
    if (place === undefined) return [];
    const lines = await linesAt(store, runDay(runId), place);
    const events = lines.map((line) => eventOf(line, tenantId, runId));
    atHand.set(key, { events, bytes: lines.reduce((sum, line) => sum + line.length, 0) });
    return events;
  };
  /** Events that came after the run was archived are in the journal. */
  const joined = async (tenantId: string, runId: string, kept: RunEvent[]): Promise<RunEvent[]> => {
    const archived = await read(tenantId, runId);
    const last = archived.at(-1)?.seq ?? 0;
    return [...archived, ...kept.filter(({ seq }) => seq > last)];
  };
  return {
    find: (tenantId, runId) => runs.find(tenantId, runId),
    list: (tenantId, filter) => runs.list(tenantId, filter),
    findWithJournal: async (tenantId, runId) => {
      const found = await runs.findWithJournal(tenantId, runId);
      if (found === undefined || found.events[0]?.seq === 1) return found;
      return { ...found, events: await joined(tenantId, runId, found.events) };
    },
    events: async (tenantId, runId, page) => {
      const found = await runs.events(tenantId, runId, page);
      const { after, limit } = page;
      if (found === undefined || found.events[0]?.seq === after + 1) return found;
      const events = await joined(tenantId, runId, found.events);
      return { ...found, events: events.filter(({ seq }) => seq > after).slice(0, limit) };
    },
  };
}

async function linesAt(
  store: ArchiveStore,
  day: string,
  place: { firstByte: number; bytes: number },
): Promise<string[]> {
  const compressed = await store.readRange(archiveName(day), place);
  try {
    const text = (await decompress(compressed)).toString('utf8');
    return text.split('\n').filter((line) => line !== '');
  } catch (error) {
    throw new ArchiveUnavailableError(`the archive of ${day} is damaged`, error);
  }
}

function eventOf(line: string, tenantId: string, runId: string): RunEvent {
  const event = cloudEvent.parse(JSON.parse(line));
  if (event.tenantid !== tenantId || event.runid !== runId || event.runseq === undefined) {
    throw new ArchiveUnavailableError(`the archive has another run where ${runId} should be`);
  }
  // The archive holds only what the journal held, so the event is taken at its word.
  return { seq: event.runseq, type: event.type, time: event.time, data: event.data } as RunEvent;
}

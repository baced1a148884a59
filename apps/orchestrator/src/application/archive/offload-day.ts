import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { CloudEvent } from '@aos/contracts';
import type { JournalRow } from '../engine/ports.ts';
import type { ArchiveFacts, ArchiveLedger, ExportTry } from './archive-ledger.ts';
import {
  ArchiveUnavailableError,
  archiveName,
  manifestName,
  type ArchiveContent,
  type ArchiveStore,
} from './archive-store.ts';
import { withExportedDay, type ExportedDay } from './export-day.ts';
import { inspectArchive } from './inspect-archive.ts';

interface OffloadParts {
  ledger: ArchiveLedger;
  store: ArchiveStore;
  toCloudEvent: (row: JournalRow) => CloudEvent;
}

/** One try at a day: export, upload, read back, compare, and only then say that it is there. Rejects with what was in the way. */
export async function offloadDay(
  { ledger, store, toCloudEvent }: OffloadParts,
  attempt: ExportTry,
  signal: AbortSignal,
): Promise<void> {
  const { day } = attempt;
  const keep = async ({ content, manifest }: ExportedDay): Promise<void> => {
    await store.write(archiveName(day), content, signal);
    await store.write(manifestName(day), contentOf(`${JSON.stringify(manifest, null, 2)}\n`), signal);
    await compareArchive(store, day, manifest, signal);
    await ledger.verified(attempt, manifest);
  };
  await withExportedDay({ ledger, toCloudEvent }, attempt, signal, keep);
}

/** Rejects where what is kept is not what was exported. */
async function compareArchive(
  store: ArchiveStore,
  day: string,
  expected: ArchiveFacts,
  signal: AbortSignal,
): Promise<void> {
  const content = await store.read(archiveName(day), signal);
  if (content === undefined) throw new ArchiveUnavailableError('what was uploaded is not there');
  const kept = await inspectArchive(content, signal);
  for (const fact of ['sha256', 'bytes', 'events', 'runs'] as const) {
    if (kept[fact] === expected[fact]) continue;
    throw new ArchiveUnavailableError(
      `read back, the archive has ${fact} ${kept[fact]} instead of ${expected[fact]}`,
    );
  }
}

/** Whether the archive is there, and still what was verified. Rejects when it cannot be reached. */
export async function isIntact(
  store: ArchiveStore,
  day: string,
  sha256: string,
  signal: AbortSignal,
): Promise<boolean> {
  const content = await store.read(archiveName(day), signal);
  if (content === undefined) return false;
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex') === sha256;
}

function contentOf(text: string): ArchiveContent {
  const bytes = Buffer.from(text);
  return {
    open: () => Readable.from([bytes]),
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudEvent } from '@aos/contracts';
import type { JournalRow } from '../engine/ports.ts';
import type { ArchiveFacts, ArchiveLedger, ExportTry } from './archive-ledger.ts';
import type { ArchiveContent } from './archive-store.ts';
import { DayLines } from './day-lines.ts';
import { gzipByRun } from './gzip-run.ts';
import { PlaceKeeper } from './place-keeper.ts';

interface ExportParts {
  ledger: ArchiveLedger;
  toCloudEvent: (row: JournalRow) => CloudEvent;
}

/** What an archive holds; it lies beside it. */
interface Manifest extends ArchiveFacts {
  run_day: string;
  first_event_at: string | null;
  last_event_at: string | null;
  engine_versions: number[];
}

/** The archive of a day as a file, and what stands in it. */
export interface ExportedDay {
  content: ArchiveContent;
  manifest: Manifest;
}

/** Writes the day into a file of this machine, which is there until the action has ended. Memory is bounded, whatever the day. */
export async function withExportedDay(
  parts: ExportParts,
  attempt: ExportTry,
  signal: AbortSignal,
  action: (exported: ExportedDay) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'aos-archive-'));
  try {
    const file = join(folder, `${attempt.day}.ndjson.gz`);
    const manifest = await writeDay(parts, attempt, signal, file);
    const { bytes, sha256 } = manifest;
    await action({ manifest, content: { bytes, sha256, open: () => createReadStream(file) } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeDay(
  { ledger, toCloudEvent }: ExportParts,
  attempt: ExportTry,
  signal: AbortSignal,
  file: string,
): Promise<Manifest> {
  const lines = new DayLines(ledger, toCloudEvent);
  const places = new PlaceKeeper(ledger, attempt);
  const hash = createHash('sha256');
  const handle = await open(file, 'wx');
  let bytes = 0;
  try {
    for await (const { owner, content } of gzipByRun(lines.of(attempt.day, signal))) {
      hash.update(content);
      await handle.appendFile(content);
      if (owner !== undefined) await places.add({ ...owner, firstByte: bytes, bytes: content.byteLength });
      bytes += content.byteLength;
    }
    await places.flush();
  } finally {
    await handle.close();
  }
  return {
    run_day: attempt.day,
    runs: places.runs,
    events: lines.events,
    first_event_at: lines.firstEventAt,
    last_event_at: lines.lastEventAt,
    sha256: hash.digest('hex'),
    bytes,
    engine_versions: lines.engineVersions,
  };
}

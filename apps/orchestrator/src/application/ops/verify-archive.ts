import {
  errorOf,
  fail,
  succeed,
  type ArchiveCheck,
  type ArchiveDay,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import type { ArchiveDays, ArchiveFacts } from '../archive/archive-ledger.ts';
import { archiveName, type ArchiveStore } from '../archive/archive-store.ts';
import { inspectArchive } from '../archive/inspect-archive.ts';
import { platformOnly } from './platform-only.ts';

interface VerifyParts {
  days: Pick<ArchiveDays, 'find'>;
  store: Pick<ArchiveStore, 'read'>;
}

const FACTS = ['sha256', 'bytes', 'events', 'runs'] as const;

/** Reads a day's archive as it is kept, to the last event, and compares it with what was exported. Changes nothing. */
export function verifyArchive({ days, store }: VerifyParts) {
  return async (
    context: RequestContext,
    { run_day: day }: { run_day: string },
  ): Promise<StructuredOutcome<ArchiveCheck>> => {
    const refusal = platformOnly(context);
    if (refusal !== undefined) return refusal;
    const known = await days.find(day);
    if (known === undefined || known.sha256 === null)
      return fail(errorOf('not_found', `no archive of ${day}; the list of days says how far it has come`));
    const content = await store.read(archiveName(day), context.signal);
    if (content === undefined) return succeed(checkOf(day, 'it is not where archives are kept', undefined));
    try {
      const found = await inspectArchive(content, context.signal);
      return succeed(checkOf(day, differenceOf(found, known), found));
    } catch (error) {
      if (context.signal.aborted) throw error;
      const message = error instanceof Error ? error.message : String(error);
      return succeed(checkOf(day, `it cannot be read: ${message}`, undefined));
    }
  };
}

function differenceOf(found: ArchiveFacts, known: ArchiveDay): string | undefined {
  const fact = FACTS.find((name) => found[name] !== known[name]);
  return fact === undefined ? undefined : `it has ${fact} ${found[fact]} instead of ${known[fact]}`;
}

function checkOf(day: string, wrong: string | undefined, found: ArchiveFacts | undefined): ArchiveCheck {
  return {
    run_day: day,
    intact: wrong === undefined,
    detail: wrong ?? null,
    bytes: found?.bytes ?? null,
    events: found?.events ?? null,
    runs: found?.runs ?? null,
    sha256: found?.sha256 ?? null,
  };
}

import { z } from 'zod';
import { timestamp } from './values.ts';

/** A day (UTC) on which runs were admitted. */
export const runDay = z.iso.date();

/**
 * How far a day of the journal has come on its way out of the database. `kept`: it is not old enough to be archived, or
 * not looked at yet. `waiting`: something is in the way. `failed`: out of retries, for now.
 */
export const ARCHIVE_STATUSES = ['kept', 'waiting', 'exporting', 'verified', 'dropped', 'failed'] as const;

/** A day of the journal. What only an archive has is null where there is none. */
export const archiveDay = z.object({
  run_day: runDay,
  status: z.enum(ARCHIVE_STATUSES),
  /** Why it waits, or what the last error was. */
  reason: z.string().nullable(),
  /** Tries in a row that came to nothing. */
  attempts: z.int(),
  /** Of the archive, compressed. */
  bytes: z.int().nullable(),
  events: z.int().nullable(),
  runs: z.int().nullable(),
  sha256: z.string().nullable(),
  updated_at: timestamp.nullable(),
  verified_at: timestamp.nullable(),
  dropped_at: timestamp.nullable(),
});

/** What an archive is found to be, read back as it is kept. */
export const archiveCheck = z.object({
  run_day: runDay,
  intact: z.boolean(),
  /** What is wrong with it; null where nothing is. */
  detail: z.string().nullable(),
  bytes: z.int().nullable(),
  events: z.int().nullable(),
  runs: z.int().nullable(),
  sha256: z.string().nullable(),
});

export type ArchiveDay = z.infer<typeof archiveDay>;
export type ArchiveCheck = z.infer<typeof archiveCheck>;

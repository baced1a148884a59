import type { ArchiveDay } from '@aos/contracts';
import type { JournalRow } from '../engine/ports.ts';

/** `waiting`: something is in the way. `failed`: out of retries, for now. */
export type DayStatus = 'waiting' | 'exporting' | 'verified' | 'dropped' | 'failed';

/** A day the journal still has rows or a partition of. */
export interface JournalDay {
  /** `YYYY-MM-DD` */
  day: string;
  /** Undefined: nothing was tried yet. */
  status: DayStatus | undefined;
  /** Of the latest export. */
  exportNo: number;
  attempts: number;
  /** Epoch milliseconds of the last change of the status. */
  updatedAtMs: number;
  /** Of what was exported, where the day is verified. */
  sha256: string | undefined;
}

/** What an archive has to say of itself. */
export interface ArchiveFacts {
  sha256: string;
  bytes: number;
  events: number;
  runs: number;
}

/** A journal row with the engine that wrote its run. */
export interface DayRow {
  row: JournalRow;
  engineVersion: number;
  /** Of its tenant, under which the payload stands. */
  dataKey: number;
}

export interface RunPlace {
  runId: string;
  tenantId: string;
  firstByte: number;
  bytes: number;
}

/** A try at a day: what an earlier one still writes is refused. */
export interface ExportTry {
  day: string;
  exportNo: number;
  /** Tries in a row, this one included. */
  attempts: number;
}

/** The days of the journal and how far their archiving has come. Methods reject when the database cannot be reached. */
export interface ArchiveLedger {
  /** Runs the action while no other process is in it; undefined: one is. */
  alone<T>(action: () => Promise<T>): Promise<T | undefined>;
  /** Days up to and with `lastDay`, oldest first. */
  days(lastDay: string): Promise<JournalDay[]>;
  /** Why the day cannot be archived yet. */
  hindrance(day: string): Promise<string | undefined>;
  /** Notes why a day waits, unless it is dropped. */
  holdUp(day: string, reason: string): Promise<void>;
  begin(day: string, isFirstTry: boolean): Promise<ExportTry>;
  /** The day's rows by run and run_seq. */
  rows(day: string, after: { runId: string; seq: number }, limit: number): Promise<DayRow[]>;
  /** Rejects when the try is not the latest one. */
  keepPlaces(attempt: ExportTry, places: readonly RunPlace[]): Promise<void>;
  /** Nothing came of the try; does nothing where it is not the latest one. */
  giveUp(
    attempt: Pick<ExportTry, 'day' | 'exportNo'>,
    status: 'waiting' | 'failed',
    reason: string,
  ): Promise<void>;
  verified(attempt: ExportTry, facts: ArchiveFacts): Promise<void>;
  /** Undefined: the day has left the journal; else why it has not. */
  drop(day: string): Promise<string | undefined>;
  /** Deletes some of the runs of dropped days that ended before; tells how many. */
  forgetRuns(finishedBefore: Date, limit: number): Promise<number>;
}

/** The same days as operators see them. Methods reject when the database cannot be reached. */
export interface ArchiveDays {
  /** Latest first, those before a day. */
  list(beforeDay: string | undefined, limit: number): Promise<ArchiveDay[]>;
  find(day: string): Promise<ArchiveDay | undefined>;
  /** Those that are out of retries are tried at the next look; tells how many. */
  tryFailedAgain(): Promise<number>;
}

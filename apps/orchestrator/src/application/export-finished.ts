import {
  fail,
  id,
  invalidRequest,
  succeed,
  timestamp,
  type CloudEvent,
  type ExportInput,
  type ExportOutput,
  type StructuredOutcome,
} from '@aos/contracts';
import type { JournalRow } from './engine/ports.ts';

/** A place in the order of ended runs. */
export interface FinishedPlace {
  finishedAt: string;
  runId: string;
}

export interface ExportedRun extends FinishedPlace {
  /** Undefined: the journal is no longer kept. */
  row: JournalRow | undefined;
}

/** Ended runs of all tenants. */
export interface FinishedRuns {
  /** Oldest first, without the youngest: one that ended a moment ago may still commit before another. */
  list(after: FinishedPlace, limit: number): Promise<ExportedRun[]>;
}

/** Before every run that ended at the same time. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** The `run.finished` events of all tenants, read again from the journal. */
export function exportFinished(runs: FinishedRuns, toEvent: (row: JournalRow) => CloudEvent) {
  return async (
    _context: unknown,
    { from, cursor, limit }: ExportInput,
  ): Promise<StructuredOutcome<ExportOutput>> => {
    const after = cursor === undefined ? { finishedAt: from, runId: FIRST_ID } : placeOf(cursor);
    if (after === undefined) {
      return fail(
        invalidRequest([{ field: '/cursor', message: 'is not a cursor of this export; start without one' }]),
      );
    }
    const found = await runs.list(after, limit + 1);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return succeed({
      events: page.flatMap(({ row }) => (row === undefined ? [] : [toEvent(row)])),
      next_cursor: found.length > limit && last !== undefined ? cursorOf(last) : null,
    });
  };
}

function cursorOf({ finishedAt, runId }: FinishedPlace): string {
  return Buffer.from(`${finishedAt} ${runId}`).toString('base64url');
}

function placeOf(cursor: string): FinishedPlace | undefined {
  const [finishedAt = '', runId = '', ...more] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const isPlace = timestamp.safeParse(finishedAt).success && id.safeParse(runId).success && more.length === 0;
  return isPlace ? { finishedAt, runId } : undefined;
}

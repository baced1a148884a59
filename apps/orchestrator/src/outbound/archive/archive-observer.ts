import type { Pool } from '@aos/database';
import { Gauge, type Logger, type Registry } from '@aos/telemetry';
import type { DayStatus } from '../../application/archive/archive-ledger.ts';
import type { ArchiveObserver } from '../../application/archive/journal-archivist.ts';

const STATUSES: readonly DayStatus[] = ['waiting', 'exporting', 'verified', 'dropped', 'failed'];

const COUNT_DAYS = 'select status, count(*)::int as days from orchestrator.journal_archives group by status';

/** What the archivist tells, in the log. */
export function archiveObserver(logger: Logger): ArchiveObserver {
  return {
    archived: (day) => logger.info({ run_day: day }, 'a day of the journal is archived'),
    dropped: (day) => logger.info({ run_day: day }, 'an archived day has left the journal'),
    heldUp: (day, reason) => logger.warn({ run_day: day, reason }, 'archiving a day is held up'),
    failed: (day, reason) =>
      logger.error({ run_day: day, reason }, 'a day could not be archived; it is tried again in a day'),
    forgotRuns: (runs) => logger.info({ runs }, 'runs past their retention were deleted'),
  };
}

/** How far the days are, counted when the metrics are read. */
export function archiveMetrics(registry: Registry, pool: Pool): void {
  const days = new Gauge({
    name: 'aos_journal_days',
    help: 'Days of the journal whose archiving has begun or is held up, by how far it has come',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      try {
        const { rows } = await pool.query<{ status: DayStatus; days: number }>(COUNT_DAYS);
        for (const status of STATUSES) days.set({ status }, 0);
        for (const row of rows) days.set({ status: row.status }, row.days);
      } catch {
        days.reset(); // unknown, not zero
      }
    },
  });
}

import { fail, invalidRequest, succeed, type StructuredOutcome } from '@aos/contracts';

/** UTC days, both included. */
export interface UsagePeriod {
  from: string;
  to: string;
}

/** A year, also a leap year. */
const DAYS_MAX = 366;
const DAY_MS = 86_400_000;
/** The database knows no year 0; nothing was used before computers counted. */
const FIRST_DAY = '1970-01-01';

/** What is asked for: by default up to today, from the first of the month in which it ends. */
export function usagePeriod(
  asked: Partial<Record<keyof UsagePeriod, string | undefined>>,
  nowMs: number,
): StructuredOutcome<UsagePeriod> {
  const to = asked.to ?? utcDayOf(nowMs);
  const from = asked.from ?? `${to.slice(0, 8)}01`;
  if (from > to) return refusedFrom(`is after the last day, ${to}; name a day up to it`);
  if (from < FIRST_DAY) return refusedFrom(`is before ${FIRST_DAY}; name a later day`);
  const earliestMs = Date.parse(to) - (DAYS_MAX - 1) * DAY_MS;
  if (Date.parse(from) < earliestMs) {
    return refusedFrom(
      `is more than ${DAYS_MAX} days before ${to}; name ${utcDayOf(earliestMs)} or a later day`,
    );
  }
  return succeed({ from, to });
}

function refusedFrom(message: string) {
  return fail(invalidRequest([{ field: '/from', message }]));
}

function utcDayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

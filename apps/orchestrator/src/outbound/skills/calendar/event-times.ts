import { Temporal } from 'temporal-polyfill';

/** When an event is, as it is asked for. */
export interface AskedTimes {
  start: string;
  end?: string | undefined;
  duration_minutes?: number | undefined;
  timezone?: string | undefined;
}

/** To the second, in the time zone or at the offset that was asked for. */
export interface EventTimes {
  start: Temporal.ZonedDateTime;
  end: Temporal.ZonedDateTime;
}

type Read<T> = { ok: true; value: T } | { ok: false; field: keyof AskedTimes; message: string };

const DEFAULT_MINUTES = 60;

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/i;

/** The moments that were meant, or the field that does not say. */
export function eventTimes({
  start: startText,
  end: endText,
  duration_minutes: minutes,
  timezone,
}: AskedTimes): Read<EventTimes> {
  if (timezone !== undefined && !isTimezone(timezone))
    return wrong('timezone', 'is no time zone of the IANA database; write e.g. Europe/Berlin');
  const start = momentOf('start', startText, timezone);
  if (!start.ok) return start;
  if (endText === undefined) {
    const end = start.value.add({ minutes: minutes ?? DEFAULT_MINUTES });
    return read({ start: start.value, end });
  }
  if (minutes !== undefined) return wrong('duration_minutes', 'there is an end already; give one of the two');
  const end = momentOf('end', endText, timezone);
  if (!end.ok) return end;
  if (Temporal.ZonedDateTime.compare(end.value, start.value) <= 0) return wrong('end', 'must be after start');
  return read({ start: start.value, end: end.value });
}

function momentOf(
  field: 'start' | 'end',
  text: string,
  timezone: string | undefined,
): Read<Temporal.ZonedDateTime> {
  const offset = DATE_TIME.exec(text)?.[1]?.toUpperCase();
  if (!DATE_TIME.test(text)) return wrong(field, 'must be an ISO 8601 date and time, e.g. 2026-05-01T09:30');
  if (offset === undefined && timezone === undefined)
    return wrong(field, 'has no offset; add one, e.g. +02:00, or give timezone');
  try {
    if (offset === undefined) return local(field, text, timezone ?? '');
    const zone = timezone ?? (offset === 'Z' ? 'UTC' : offset);
    return read(toTheSecond(Temporal.Instant.from(text).toZonedDateTimeISO(zone)));
  } catch (error) {
    if (!isRangeError(error)) throw error;
    return wrong(field, 'there is no such date or time');
  }
}

function local(field: 'start' | 'end', text: string, timezone: string): Read<Temporal.ZonedDateTime> {
  const plain = Temporal.PlainDateTime.from(text);
  try {
    return read(toTheSecond(plain.toZonedDateTime(timezone, { disambiguation: 'reject' })));
  } catch (error) {
    if (!isRangeError(error)) throw error;
    return wrong(field, `is skipped or comes twice in ${timezone}, where clocks change then; add an offset`);
  }
}

function isTimezone(name: string): boolean {
  // An offset or a whole date would do for Temporal.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch (error) {
    if (!isRangeError(error)) throw error;
    return false;
  }
}

const toTheSecond = (moment: Temporal.ZonedDateTime) =>
  moment.round({ smallestUnit: 'second', roundingMode: 'trunc' });

/** By name: the polyfill may stand aside for the runtime's own Temporal. */
function isRangeError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'RangeError';
}

function read<T>(value: T): Read<T> {
  return { ok: true, value };
}

function wrong(field: keyof AskedTimes, message: string): Read<never> {
  return { ok: false, field, message };
}

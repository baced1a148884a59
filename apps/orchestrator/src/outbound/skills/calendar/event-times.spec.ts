import { describe, expect, it } from '@jest/globals';
import { eventTimes, type AskedTimes } from './event-times.ts';

function shown(asked: AskedTimes): string {
  const times = eventTimes(asked);
  if (!times.ok) return `${times.field}: ${times.message}`;
  const { start, end } = times.value;
  return [start, end].map((moment) => moment.toString({ timeZoneName: 'never' })).join(' ');
}

describe('the times of an event', () => {
  it.each<[AskedTimes, string]>([
    [{ start: '2026-05-01T09:30:00Z' }, '2026-05-01T09:30:00+00:00 2026-05-01T10:30:00+00:00'],
    [{ start: '2026-05-01T09:30+02:00' }, '2026-05-01T09:30:00+02:00 2026-05-01T10:30:00+02:00'],
    [
      { start: '2026-05-01T09:30', timezone: 'Europe/Berlin', duration_minutes: 15 },
      '2026-05-01T09:30:00+02:00 2026-05-01T09:45:00+02:00',
    ],
    [
      { start: '2026-05-01T09:30Z', end: '2026-05-01T20:00', timezone: 'Asia/Tokyo' },
      '2026-05-01T18:30:00+09:00 2026-05-01T20:00:00+09:00',
    ],
    [
      { start: '2026-12-31T23:59:59.999', end: '2027-01-01T00:00:00.5', timezone: 'UTC' },
      '2026-12-31T23:59:59+00:00 2027-01-01T00:00:00+00:00',
    ],
  ])('%j are %s', (asked, times) => {
    expect(shown(asked)).toBe(times);
  });

  it('last as long as was asked over a change of the clocks', () => {
    const asked = { start: '2026-03-29T01:30', timezone: 'Europe/Berlin', duration_minutes: 60 };
    expect(shown(asked)).toBe('2026-03-29T01:30:00+01:00 2026-03-29T03:30:00+02:00');
  });

  it.each<[AskedTimes, RegExp]>([
    [{ start: '2026-05-01T09:30' }, /^start: has no offset; .*timezone/],
    [{ start: '2026-05-01T09:30Z', end: '2026-05-01T10:30' }, /^end: has no offset/],
    [{ start: '2026-05-01' }, /^start: must be an ISO 8601 date and time/],
    [{ start: 'tomorrow at nine' }, /^start: must be an ISO 8601/],
    [{ start: '2026-02-30T09:30Z' }, /^start: there is no such date or time/],
    [{ start: '2026-05-01T24:30', timezone: 'UTC' }, /^start: there is no such date or time/],
    [{ start: '2026-05-01T09:30Z', end: '2026-05-01T09:30Z' }, /^end: must be after start/],
    [{ start: '2026-05-01T09:30Z', end: '2026-05-01T10:00+02:00' }, /^end: must be after start/],
    [
      { start: '2026-05-01T09:30Z', end: '2026-05-01T10:00Z', duration_minutes: 5 },
      /^duration_minutes: .*one of the two/,
    ],
    [{ start: '2026-05-01T09:30', timezone: 'Europe/Atlantis' }, /^timezone: .*IANA/],
    [{ start: '2026-05-01T09:30', timezone: '+02:00' }, /^timezone: .*IANA/],
    [{ start: '2026-05-01T09:30', timezone: '' }, /^timezone: .*IANA/],
    [{ start: '2026-03-29T02:30', timezone: 'Europe/Berlin' }, /^start: is skipped or comes twice/],
    [{ start: '2026-10-25T02:30', timezone: 'Europe/Berlin' }, /^start: is skipped or comes twice/],
  ])('%j are refused by the name of the field', (asked, reason) => {
    expect(shown(asked)).toMatch(reason);
  });
});

import { createHash } from 'node:crypto';
import { errorOf, fail, succeed, type ArtifactRef } from '@aos/contracts';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import type { JsonObject, KeptFile, Skill, SkillCall } from '../../src/domain/skill/skill.ts';
import { call, openSkill } from './skill-harness.ts';

const RUN_ID = '01940b4d-1c00-7000-8000-000000000001';
/** What the id says. */
const RUN_TIME = '2024-12-28T03:26:30Z';

let skill: Skill;
const kept: KeptFile[] = [];

beforeAll(async () => {
  skill = await openSkill('calendar_write');
});

beforeEach(() => {
  kept.length = 0;
});

async function keepFile(file: KeptFile) {
  kept.push(file);
  const { name, mediaType, content } = file;
  const sha256 = createHash('sha256').update(content).digest('hex');
  const artifact: ArtifactRef = { name, sha256, bytes: content.byteLength, media_type: mediaType };
  return succeed(artifact);
}

const ASKED: JsonObject = { title: 'Review', start: '2026-05-01T09:30', timezone: 'Europe/Berlin' };

async function write(params: JsonObject, more: Partial<SkillCall> = {}): Promise<string> {
  const outcome = await call(skill, params, { runId: RUN_ID, stepId: 'invite', keepFile, ...more });
  if (!outcome.ok) throw new Error(outcome.error.message);
  return Buffer.from(kept.at(-1)?.content ?? []).toString('utf8');
}

/** The event of a file as another library reads it. */
function eventIn(file: string): ICAL.Event {
  const events = new ICAL.Component(ICAL.parse(file)).getAllSubcomponents('vevent');
  expect(events).toHaveLength(1);
  return new ICAL.Event(events[0]);
}

const NASTY = 'Semi; colon, back\\slash "quotes" :\nsecond line\r\nthird — ünïcödé 日本語 👩‍👩‍👧 ';

describe('calendar_write', () => {
  it('keeps the event as a file and says where and when', async () => {
    const outcome = await call(skill, ASKED, { runId: RUN_ID, stepId: 'invite', keepFile });
    const [file] = kept;
    expect(outcome).toEqual({
      ok: true,
      value: {
        output: {
          artifact: {
            name: 'invite.ics',
            media_type: 'text/calendar',
            bytes: file?.content.byteLength,
            sha256: createHash('sha256')
              .update(file?.content ?? '')
              .digest('hex'),
          },
          uid: 'key-1@aos',
          start: '2026-05-01T09:30:00+02:00',
          end: '2026-05-01T10:30:00+02:00',
        },
      },
    });
  });

  it('writes what another reader of calendars understands', async () => {
    const attendees = [{ email: 'ann@example.com', name: 'Ann "A;B," O’Hara' }, { email: 'bob@example.com' }];
    const event = eventIn(
      await write({
        ...ASKED,
        title: NASTY.split('\n')[0] ?? '',
        description: NASTY.repeat(20),
        location: 'Room 1; second floor, left',
        organizer: { email: 'org@example.com', name: 'Olga' },
        attendees,
        name: 'meeting.ics',
      }),
    );
    expect(kept[0]?.name).toBe('meeting.ics');
    expect(event).toMatchObject({ uid: 'key-1@aos', location: 'Room 1; second floor, left' });
    expect(event.summary).toBe('Semi; colon, back\\slash "quotes" :');
    expect(event.description).toBe(NASTY.repeat(20).replaceAll('\r\n', '\n'));
    expect(event.startDate.toJSDate().toISOString()).toBe('2026-05-01T07:30:00.000Z');
    expect(event.endDate.toJSDate().toISOString()).toBe('2026-05-01T08:30:00.000Z');
    expect(event.organizer).toMatch(/^mailto:org@example.com$/i);
    expect(event.attendees.map((attendee) => String(attendee.getFirstValue()).toLowerCase())).toEqual([
      'mailto:ann@example.com',
      'mailto:bob@example.com',
    ]);
    expect(event.attendees[0]?.getParameter('cn')).toBe(attendees[0]?.name);
    expect(event.component.getFirstPropertyValue('dtstamp')?.toString()).toBe(RUN_TIME);
  });

  it('writes lines as RFC 5545 wants them', async () => {
    const file = await write({ ...ASKED, description: NASTY.repeat(20), title: 'ü'.repeat(200) });
    expect(file).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\n/);
    expect(file.trimEnd()).toMatch(/END:VCALENDAR$/);
    expect(file.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const octets = file.split('\r\n').map((line) => Buffer.byteLength(line));
    expect(Math.max(...octets)).toBeLessThanOrEqual(75);
    expect(octets.filter((length) => length > 60).length).toBeGreaterThan(10);
    expect(file).toContain('\r\nDTSTART:20260501T073000Z\r\n');
    expect(file).not.toContain('\uFFFD');
  });

  it('writes the same bytes however often, and another event under another key', async () => {
    const first = await write(ASKED);
    expect(await write(ASKED, { attempt: 2, traceparent: 'other' })).toBe(first);
    expect(await write(ASKED, { idempotencyKey: 'key-2' })).not.toBe(first);
  });

  it.each<[JsonObject, string]>([
    [{ title: 'x' }, '/start'],
    [{ ...ASKED, end: '2026-05-01T09:00' }, '/end'],
    [{ ...ASKED, timezone: 'Mars/Olympus' }, '/timezone'],
    [{ ...ASKED, duration_minutes: 0 }, '/duration_minutes'],
    [
      { ...ASKED, attendees: [{ email: 'ann@example.com' }, { email: 'not an address' }] },
      '/attendees/1/email',
    ],
    [{ ...ASKED, attendees: [{ email: 'a@example.com', name: 'two\r\nlines' }] }, '/attendees/0/name'],
    [{ ...ASKED, title: 'bell\u0007' }, '/title'],
    [{ ...ASKED, title: '' }, '/title'],
    [{ ...ASKED, title: 'half a pair \ud83d' }, '/title'],
    [{ ...ASKED, name: '../x.ics' }, '/name'],
    [{ ...ASKED, guests: [] }, '/guests'],
  ])('refuses %j, naming the field', async (params, field) => {
    expect(skill.validate(params).map((issue) => issue.field)).toEqual([field]);
    expect(await call(skill, params, { keepFile })).toMatchObject({
      error: { code: 'invalid_params', retryable: false, message: expect.stringContaining(field) },
    });
    expect(kept).toEqual([]);
  });

  it('takes references for what is not known yet', () => {
    const start = '${{ steps.plan.output.start }}';
    expect(skill.validate({ ...ASKED, start })).toEqual([]);
    expect(skill.validate({ ...ASKED, end: start, attendees: [{ email: start }] })).toEqual([]);
    expect(skill.validate({ ...ASKED, start, timezone: 'Nowhere' })).toHaveLength(1);
  });

  it('fails when the file cannot be kept', async () => {
    const failing = { runId: RUN_ID, keepFile: async () => fail(errorOf('artifact_unavailable', 'away')) };
    expect(await call(skill, ASKED, failing)).toMatchObject({
      error: { code: 'artifact_unavailable', retryable: true },
    });
  });
});

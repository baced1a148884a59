import { artifactName, artifactRef, succeed } from '@aos/contracts';
import { z } from 'zod';
import { runTime } from '../../domain/run/run-day.ts';
import type { Skill } from '../../domain/skill/skill.ts';
import { calendarFile } from './calendar/calendar-file.ts';
import { eventTimes } from './calendar/event-times.ts';
import { defineSkill } from './define-skill.ts';

const MEDIA_TYPE = 'text/calendar';
const MINUTES_MAX = 366 * 24 * 60;
const ATTENDEES_MAX = 500;

/** Text that a calendar can hold: lines are its only control characters. */
const text = (charsMax: number) =>
  z
    .string()
    .max(charsMax)
    .refine((value) => value.isWellFormed() && !/(?![\t\n\r])\p{Cc}/u.test(value), 'has control characters');

const line = (charsMax: number) =>
  text(charsMax).refine((value) => !/[\n\r]/.test(value), 'must be one line');

const person = z.strictObject({ email: z.email().max(254), name: line(200).optional() });

const params = z
  .strictObject({
    title: line(500).min(1),
    start: z.string().describe('ISO 8601 date and time, with an offset or as local time of timezone'),
    end: z.string().optional().describe('like start'),
    duration_minutes: z.int().min(1).max(MINUTES_MAX).optional().describe('instead of end; default 60'),
    timezone: z.string().max(100).optional().describe('of the IANA database, e.g. Europe/Berlin'),
    description: text(16_000).optional(),
    location: line(1_000).optional(),
    organizer: person.optional().describe('whom attendees answer'),
    attendees: z.array(person).max(ATTENDEES_MAX).default([]),
    name: artifactName.optional().describe('of the file; default <step_id>.ics'),
  })
  .superRefine((asked, context) => {
    const times = eventTimes(asked);
    if (!times.ok) context.addIssue({ code: 'custom', path: [times.field], message: times.message });
  });

const output = z.object({
  artifact: artifactRef,
  uid: z.string(),
  /** With offset. */
  start: z.string(),
  end: z.string(),
});

/**
 * Writes an event as an iCalendar file of the run. The same call makes the same bytes, however often it is repeated: its
 * UID comes from the call's key and its stamp from the run's id.
 */
export function calendarWrite(): Skill {
  return defineSkill({
    name: 'calendar_write',
    version: '0.1.0',
    description: 'Writes a calendar event as an .ics file (iCalendar) that is kept with the run.',
    side_effects: 'none',
    idempotent: 'always',
    cost_microcents: 1_000,
    latency_ms: 20,
    timeout_ms: 30_000,
    params,
    output,
    compensated_by: 'calendar_remove',
    undoOf: (_params, written) => {
      const { name, sha256 } = output.parse(written).artifact;
      return { skill: 'calendar_remove', params: { artifact: { name, sha256 } } };
    },
    hasSideEffects: () => false,
    isIdempotent: () => true,
    run: async ({ name, ...asked }, call) => {
      const times = eventTimes(asked);
      if (!times.ok) throw new Error(`the params were not checked: ${times.message}`);
      const uid = `${call.idempotencyKey}@aos`;
      const content = calendarFile({ ...asked, ...times.value, uid, stamp: runTime(call.runId) });
      const kept = await call.keepFile({
        name: name ?? `${call.stepId}.ics`,
        mediaType: MEDIA_TYPE,
        content: Buffer.from(content),
      });
      if (!kept.ok) return kept;
      const { start, end } = times.value;
      return succeed({ artifact: kept.value, uid, start: shown(start), end: shown(end) });
    },
  });
}

/** As ISO 8601 with offset. */
function shown(moment: { toString(options: { timeZoneName: 'never' }): string }): string {
  return moment.toString({ timeZoneName: 'never' });
}

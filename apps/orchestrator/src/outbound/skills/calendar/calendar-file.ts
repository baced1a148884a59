import ical from 'ical-generator';
import type { EventTimes } from './event-times.ts';

interface Person {
  email: string;
  name?: string | undefined;
}

export interface CalendarEvent extends EventTimes {
  uid: string;
  /** When the file was made (DTSTAMP). */
  stamp: Date;
  title: string;
  description?: string | undefined;
  location?: string | undefined;
  organizer?: Person | undefined;
  attendees: readonly Person[];
}

/** A calendar of one event (RFC 5545). Times are in UTC, which every reader understands without a table of time zones. */
export function calendarFile(event: CalendarEvent): string {
  const { uid, stamp, start, end, title, description, location, organizer, attendees } = event;
  const calendar = ical({ prodId: '//AOS//calendar_write 0.1.0//EN' });
  calendar.createEvent({
    id: uid,
    stamp,
    start: new Date(start.epochMilliseconds),
    end: new Date(end.epochMilliseconds),
    summary: title,
    description: description ?? null,
    location: location ?? null,
    organizer: organizer === undefined ? null : { email: organizer.email, name: nameOf(organizer) },
    attendees: attendees.map((person) => ({ email: person.email, name: nameOf(person) })),
  });
  return calendar.toString();
}

const nameOf = ({ email, name }: Person): string => name ?? email;

import { errorOf, fail, id, succeed, type StructuredOutcome } from '@aos/contracts';

/** The run a topic names. */
export function parseTopic(topic: string): StructuredOutcome<{ runId: string }> {
  const [kind, ...rest] = topic.split(':');
  const runId = id.safeParse(rest.join(':'));
  if (kind === 'run' && runId.success) return succeed({ runId: runId.data.toLowerCase() });
  const reason = kind === 'run' ? 'a run topic is run:<run id>' : `there are no ${kind} topics`;
  return fail(errorOf('invalid_request', `${reason}; supported: run:<run id>`));
}

/** The seq in a cursor of a run topic; undefined: no cursor was given, start now. */
export function parseCursor(cursor: string | undefined): StructuredOutcome<number | undefined> {
  if (cursor === undefined) return succeed(undefined);
  if (/^\d{1,9}$/.test(cursor)) return succeed(Number(cursor));
  return fail(errorOf('invalid_request', 'after: not a cursor of this topic; "0" starts at the first event'));
}

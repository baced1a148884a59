import { EVENT_DATA, type CloudEvent, type EventData, type EventType } from '@aos/contracts';
import type { z } from 'zod';
import { paint, type Terminal } from '../terminal.ts';
import { statusText } from './status.ts';
import { brief, cents, duration, oneLine } from './text.ts';

type Detail = (terminal: Terminal, data: unknown) => string;

/** What a watcher wants to know of an event of this type; nothing where its data is not as expected. */
function detail<T extends EventType>(
  type: T,
  render: (data: EventData<T>, terminal: Terminal) => string,
): [string, Detail] {
  const schema: z.ZodType = EVENT_DATA[type];
  return [
    type,
    (terminal, data) => {
      const parsed = schema.safeParse(data);
      return parsed.success ? render(parsed.data as EventData<T>, terminal) : '';
    },
  ];
}

const DETAILS = new Map<string, Detail>([
  detail('run.queued', ({ goal }) => oneLine(goal, 80)),
  detail('plan.created', ({ steps }) =>
    steps.map(({ step_id, skill }) => `${step_id} (${skill})`).join(' → '),
  ),
  detail(
    'tool.call.requested',
    ({ step_id, skill, attempt }) => `${step_id} calls ${skill}${attemptText(attempt)}`,
  ),
  detail('tool.call.succeeded', ({ step_id, latency_ms }) => `${step_id} in ${duration(latency_ms)}`),
  detail('tool.call.failed', ({ step_id, attempt, error, next_attempt_at }) => {
    const next = next_attempt_at === null ? '' : `; again at ${next_attempt_at}`;
    return `${step_id}${attemptText(attempt)}: ${oneLine(`${error.code}: ${error.message}`)}${next}`;
  }),
  detail('step.finished', ({ step_id, status, output, error }, terminal) => {
    const result = error === null ? brief(output, 60) : oneLine(`${error.code}: ${error.message}`);
    return `${step_id} ${statusText(terminal, status)} ${result}`.trimEnd();
  }),
  detail('run.waiting', ({ reason, next_attempt_at }) =>
    next_attempt_at === null ? oneLine(reason) : `${oneLine(reason)}, until ${next_attempt_at}`,
  ),
  detail('run.finished', ({ status, error, cost_cents }, terminal) => {
    const why = error === null ? '' : `: ${oneLine(`${error.code}: ${error.message}`)}`;
    return `${statusText(terminal, status)}${why}, ${cents(cost_cents)}`;
  }),
]);

const TYPE_WIDTH = 'tool.call.requested'.length;

/** An event on a line: seconds since `startMs`, type, detail. */
export function eventText(terminal: Terminal, event: CloudEvent, startMs: number): string {
  const seconds = Math.max(0, (Date.parse(event.time) - startMs) / 1000);
  const at = `${seconds.toFixed(2).padStart(7)}s`;
  const type = oneLine(event.type).padEnd(TYPE_WIDTH);
  const text = DETAILS.get(event.type)?.(terminal, event.data) ?? '';
  return `${paint(terminal, 'dim', at)}  ${type}  ${text}`.trimEnd();
}

function attemptText(attempt: number): string {
  return attempt === 1 ? '' : ` (attempt ${attempt})`;
}

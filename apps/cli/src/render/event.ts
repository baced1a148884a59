import { EVENT_DATA, type CloudEvent, type EventData, type EventType } from '@aos/contracts';
import type { z } from 'zod';
import { paint, type Terminal } from '../terminal.ts';
import { artifactCells, outputText } from './artifact.ts';
import { madePlanLines, spentText, stepsText, tokensText } from './plan.ts';
import { statusText } from './status.ts';
import { cents, duration, oneLine } from './text.ts';

/** Of several lines the first stands beside the type, the others under it. */
type Detail = (terminal: Terminal, data: unknown) => string | string[];

/** What a watcher wants to know of an event of this type; nothing where its data is not as expected. */
function detail<T extends EventType>(
  type: T,
  render: (data: EventData<T>, terminal: Terminal) => string | string[],
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
  detail('plan.created', ({ metadata, steps, cost_microcents = 0, revises }, terminal) => {
    if (metadata.planner === 'caller') return stepsText(steps);
    const [first = '', ...others] = madePlanLines(terminal, { metadata, steps }, cost_microcents);
    return [revises === undefined ? first : `changed ${first}`, ...others];
  }),
  detail('plan.reviewed', ({ decision, metadata, cost_microcents }, terminal) => {
    const [first = '', ...others] = madePlanLines(terminal, { metadata, steps: [] }, cost_microcents);
    return [`${decision.replace('_', ' ')} ${first}`, ...others];
  }),
  detail('plan.rejected', ({ attempt, error, next_attempt_at, ...spent }) => {
    const why = oneLine(`${error.code}: ${error.message}`, 300);
    return withSpent(`attempt ${attempt}: ${why}${againText(next_attempt_at)}`, spent);
  }),
  detail(
    'tool.call.requested',
    ({ step_id, skill, attempt, compensates }) =>
      `${step_id} ${compensates === undefined ? 'calls' : 'is undone by'} ${skill}${attemptText(attempt)}`,
  ),
  detail('tool.call.succeeded', ({ step_id, latency_ms }) => `${step_id} in ${duration(latency_ms)}`),
  detail('tool.call.failed', ({ step_id, attempt, error, next_attempt_at, ...spent }) => {
    const why = oneLine(`${error.code}: ${error.message}`);
    return withSpent(`${step_id}${attemptText(attempt)}: ${why}${againText(next_attempt_at)}`, spent);
  }),
  detail('step.finished', ({ step_id, status, output, output_artifact, error, ...spent }, terminal) => {
    const result =
      error === null ? outputText(output, output_artifact, 60) : oneLine(`${error.code}: ${error.message}`);
    return withSpent(`${step_id} ${statusText(terminal, status)} ${result}`.trimEnd(), spent);
  }),
  detail('artifact.created', ({ step_id, artifact }) => `${step_id} ${artifactCells(artifact).join(', ')}`),
  detail('run.waiting', ({ reason, next_attempt_at }) =>
    next_attempt_at === null ? oneLine(reason) : `${oneLine(reason)}, until ${next_attempt_at}`,
  ),
  detail('artifact.removed', ({ step_id, artifact }) => `${step_id} ${oneLine(artifact.name)}`),
  detail('run.compensating', ({ cause, steps }, terminal) => {
    const why = cause.error === null ? '' : `: ${oneLine(`${cause.error.code}: ${cause.error.message}`)}`;
    return `${statusText(terminal, cause.status)}${why}; undoes ${steps.join(', ')}`;
  }),
  detail('step.compensated', ({ step_id, skill, status, error, ...spent }, terminal) => {
    const why = error === null ? '' : ` ${oneLine(`${error.code}: ${error.message}`)}`;
    return withSpent(`${step_id} undone by ${skill} ${statusText(terminal, status)}${why}`, spent);
  }),
  detail('step.resolved', ({ step_id, outcome }) => `${step_id}: ${outcome}`),
  detail('run.restarted', ({ from_step }) => (from_step === null ? '' : `from ${from_step}`)),
  detail('run.finished', ({ status, error, cost_cents, input_tokens = 0, output_tokens = 0 }, terminal) => {
    const why = error === null ? '' : `: ${oneLine(`${error.code}: ${error.message}`)}`;
    const facts = [`${statusText(terminal, status)}${why}`, tokensText(input_tokens, output_tokens)];
    return [...facts.filter((fact) => fact !== ''), cents(cost_cents)].join(', ');
  }),
]);

const TYPE_WIDTH = 'tool.call.requested'.length;
/** To where the detail begins. */
const INDENT = ' '.repeat('   0.00s'.length + 2 + TYPE_WIDTH + 2);

/** An event on a line: seconds since `startMs`, type, detail; a plan that was made goes on below. */
export function eventText(terminal: Terminal, event: CloudEvent, startMs: number): string {
  const seconds = Math.max(0, (Date.parse(event.time) - startMs) / 1000);
  const at = `${seconds.toFixed(2).padStart(7)}s`;
  const type = oneLine(event.type).padEnd(TYPE_WIDTH);
  const [first = '', ...others] = [DETAILS.get(event.type)?.(terminal, event.data) ?? ''].flat();
  const line = `${paint(terminal, 'dim', at)}  ${type}  ${first}`.trimEnd();
  return [line, ...others.map((text) => `${INDENT}${text}`)].join('\n');
}

function withSpent(text: string, spent: Parameters<typeof spentText>[0]): string {
  const cost = spentText(spent);
  return cost === '' ? text : `${text} (${cost})`;
}

function againText(nextAttemptAt: string | null): string {
  return nextAttemptAt === null ? '' : `; again at ${nextAttemptAt}`;
}

function attemptText(attempt: number): string {
  return attempt === 1 ? '' : ` (attempt ${attempt})`;
}

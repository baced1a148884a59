import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  COMMANDS,
  CONSUMERS,
  ERRORS,
  EVENT_DATA,
  HTTP_ROUTES,
  STREAMS,
  allNatsPermissions,
  clientFrame,
  cloudEvent,
  deadLetterSubject,
  errorOf,
  isErrorCode,
  isEventType,
  issuesOf,
  problem,
  problemOf,
  type Command,
} from './index.ts';
import { sampleOf } from '../test/sample-of.ts';

type Fields = Record<string, unknown>;

const COMMAND_CASES = COMMANDS.map((command: Command) => [command.subject, command] as const);
const EVENT_CASES = Object.entries(EVENT_DATA) as [string, z.ZodObject][];

/** No field is any of these: a sample with it in place of a field has the wrong type. */
const WRONG_TYPES = [{ wrong: { type: true } }, 'wrong type', 0.5, true];

/** The fields of a schema that refuse something, each with a value of a wrong type. */
function wrongFields(schema: z.ZodType): [string, unknown][] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([field, type]) => {
    const wrong = WRONG_TYPES.find((value) => !type.safeParse(value).success);
    return wrong === undefined ? [] : [[field, wrong] as [string, unknown]];
  });
}

function fieldsRefused(schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : issuesOf(parsed.error).map((issue) => issue.field);
}

/** Whether a stream that stores `subject` stores everything `filter` asks for. */
function covers(subject: string, filter: string): boolean {
  return subject.endsWith('.>') ? filter.startsWith(subject.slice(0, -1)) : subject === filter;
}

describe('the catalogue', () => {
  it('gives each subject to one command', () => {
    const subjects = COMMANDS.map((command) => command.subject);
    expect(new Set(subjects).size).toBe(subjects.length);
  });

  it('gives each method and path to one route', () => {
    const places = HTTP_ROUTES.map((route) => `${route.method} ${route.path.replaceAll(/:\w+/g, ':')}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('sends routes only to commands the gateway may send', () => {
    for (const { command } of HTTP_ROUTES)
      expect(command?.callers ?? ['api-gateway']).toContain('api-gateway');
  });

  it('gives each user no more than one place in the permissions', () => {
    const users = allNatsPermissions().map((permissions) => permissions.user);
    expect(new Set(users).size).toBe(users.length);
  });

  it('reads with each consumer a stream that stores its subjects and its dead letters', () => {
    for (const consumer of CONSUMERS) {
      const stream = STREAMS.find(({ name }) => name === consumer.stream);
      expect(stream?.subjects.some((subject) => covers(subject, consumer.filter))).toBe(true);
      expect(deadLetterSubject(consumer)).toMatch(/^aos\.dead\./);
    }
  });
});

describe.each(COMMAND_CASES)('%s', (_, command) => {
  const sample = sampleOf(command.input) as Fields;

  it('takes a valid input', () => {
    expect(fieldsRefused(command.input, sample)).toEqual([]);
  });

  it('refuses an unknown field by name', () => {
    expect(fieldsRefused(command.input, { ...sample, surprise: 1 })).toEqual(['/surprise']);
  });

  it.each([[null], ['text'], [[]], [1]])('refuses %j instead of an object', (value) => {
    expect(command.input.safeParse(value).success).toBe(false);
  });

  it('reads a reply of a newer version, with fields it does not know', () => {
    const reply = { ...(sampleOf(command.output) as Fields), surprise: 1 };
    expect(fieldsRefused(command.output, reply)).toEqual([]);
  });

  it('survives the wire unchanged', () => {
    const reply = sampleOf(command.output);
    expect(command.output.parse(JSON.parse(JSON.stringify(reply)))).toEqual(reply);
  });
});

describe('a field with a wrong type', () => {
  const cases = COMMANDS.flatMap(({ subject, input }: Command) =>
    wrongFields(input).map(([field, wrong]) => ({ subject, input, field, wrong })),
  );

  it.each(cases)('is refused and named: $field of $subject', ({ input, field, wrong }) => {
    const refused = fieldsRefused(input, { ...(sampleOf(input) as Fields), [field]: wrong });
    expect(refused).not.toEqual([]);
    expect(refused.filter((pointer) => !pointer.startsWith(`/${field}`))).toEqual([]);
  });
});

describe.each(EVENT_CASES)('the event %s', (type, schema) => {
  const data = sampleOf(schema) as Fields;
  const event = { ...(sampleOf(cloudEvent) as Fields), type, data };

  it('is a CloudEvent whose data fits', () => {
    expect(isEventType(type)).toBe(true);
    expect(schema.parse(cloudEvent.parse(event).data)).toEqual(data);
  });

  it('may have fields that readers do not know yet', () => {
    expect(cloudEvent.safeParse({ ...event, surprise: 1, data: { ...data, surprise: 1 } }).success).toBe(
      true,
    );
    expect(schema.safeParse({ ...data, surprise: 1 }).success).toBe(true);
  });

  it.each(wrongFields(schema))('refuses %s with a wrong type', (field, wrong) => {
    expect(fieldsRefused(schema, { ...data, [field]: wrong })[0]).toMatch(new RegExp(`^/${field}`));
  });

  it.each(Object.keys(schema.shape))('refuses to be without %s', (field) => {
    const { [field]: _, ...rest } = data;
    const isOptional = (schema.shape as Record<string, z.ZodType>)[field]?.safeParse(undefined).success;
    expect(schema.safeParse(rest).success).toBe(isOptional);
  });
});

describe('a CloudEvent', () => {
  it.each(['specversion', 'id', 'source', 'type', 'time', 'tenantid'])('is none without %s', (field) => {
    const { [field]: _, ...rest } = sampleOf(cloudEvent) as Fields;
    expect(fieldsRefused(cloudEvent, rest)).toEqual([`/${field}`]);
  });
});

describe('a frame of a client', () => {
  it.each([
    [{ op: 'subscribe', topic: 'tenant', surprise: 1 }, '/surprise'],
    [{ op: 'subscribe', topic: 1 }, '/topic'],
    [{ op: 'shout' }, '/op'],
  ])('%j is refused with %s named', (frame, field) => {
    expect(fieldsRefused(clientFrame, frame)).toEqual([field]);
  });
});

describe('errors', () => {
  it.each(Object.keys(ERRORS).filter(isErrorCode))('%s has an HTTP form that keeps every field', (code) => {
    const error = errorOf(code, 'text', { retryAfterMs: 5, details: { field: 'x' } });
    const document = problem.parse(problemOf(error, 'request-1'));
    expect(document).toMatchObject({ ...error, status: ERRORS[code].status, detail: 'text' });
  });

  it('of commands all stand in the table', () => {
    const codes = COMMANDS.flatMap((command: Command) => command.errors);
    expect(codes.filter((code) => !isErrorCode(code))).toEqual([]);
  });

  it('of a newer service are a 500 that keeps its text', () => {
    const error = { code: 'brand_new', message: 'text', retryable: false, owner: 'caller' as const };
    expect(problemOf(error)).toMatchObject({ status: 500, code: 'brand_new', detail: 'text' });
  });
});

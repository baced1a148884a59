import { describe, expect, it } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { refused } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { eventText } from './event.ts';
import { failureJson, failureText } from './failure.ts';
import { facts, table } from './table.ts';
import { brief, cents, duration, elapsed, money, oneLine } from './text.ts';

const quiet = () => undefined;
const plain: Terminal = { out: quiet, bytes: quiet, err: quiet, isColoured: false };
const coloured: Terminal = { ...plain, isColoured: true };

const problem = {
  type: 'urn:aos:error:invalid_request',
  title: 'The request is not valid',
  status: 400,
  detail: '/name: too short',
  code: 'invalid_request',
  message: '/name: too short',
  retryable: false,
  owner: 'caller' as const,
  request_id: 'r-1',
  details: { issues: [{ field: '/name', message: 'too short' }] },
};

describe('table', () => {
  it('aligns columns, coloured or not', () => {
    const rows = [
      ['a', 'long cell', 'x'],
      ['bbb', '', 'y'],
    ];
    const text = table(plain, ['ONE', 'TWO', 'THREE'], rows);
    expect(text.split('\n')).toEqual(['ONE  TWO        THREE', 'a    long cell  x', 'bbb             y']);
    expect(stripVTControlCharacters(table(coloured, ['ONE', 'TWO', 'THREE'], rows))).toBe(text);
  });

  it('leaves out facts without a value', () => {
    expect(
      facts(plain, [
        ['run', '1'],
        ['error', ''],
        ['status', 'ok'],
      ]),
    ).toBe('run     1\nstatus  ok');
  });
});

describe('text of others', () => {
  it('cannot steer the terminal or break a line', () => {
    expect(oneLine('\u001B[31mred\u001B[0m\nnext\u0007')).toBe('red next ');
    expect(oneLine('x'.repeat(10), 5)).toBe('xxxx…');
  });

  it('is shortened to what fits', () => {
    expect(brief({ a: [1] })).toBe('{"a":[1]}');
    expect(brief(null)).toBe('');
    expect(brief('text')).toBe('text');
  });

  it('counts money and time', () => {
    expect([cents(1), cents(0.1 + 0.2), cents(0)]).toEqual(['1 cent', '0.3 cents', '0 cents']);
    expect([money(0.000701), money(99.5), money(123_456.4)]).toEqual([
      '0.000701 cents',
      '99.5 cents',
      '$1,234.56',
    ]);
    expect([duration(12.4), duration(1250)]).toEqual(['12 ms', '1.3 s']);
    expect(elapsed('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:02.000Z')).toBe('2.0 s');
    expect(elapsed(null, '2026-01-01T00:00:02.000Z')).toBe('');
  });
});

describe('an error', () => {
  it('shows title, each field with its mend, and the request id', () => {
    expect(failureText(plain, refused(problem, undefined).failure)).toBe(
      'error The request is not valid\n  /name: too short\n  request id r-1',
    );
  });

  it('shows the detail where no field is named', () => {
    const { details: _details, ...bare } = problem;
    expect(failureText(plain, refused({ ...bare, detail: 'no such agent' }, 'r-2').failure)).toBe(
      'error The request is not valid\n  no such agent\n  request id r-1',
    );
  });

  it('is the problem itself for machines', () => {
    expect(failureJson(refused(problem, undefined).failure)).toEqual({ error: problem });
  });
});

describe('an event', () => {
  const event = {
    specversion: '1.0' as const,
    id: '1',
    source: 'aos/orchestrator',
    type: 'tool.call.failed',
    subject: 'run/1',
    time: '2026-01-01T00:00:01.500Z',
    datacontenttype: 'application/json' as const,
    tenantid: 'acme',
    data: {
      step_id: 'fetch',
      skill: 'http_call',
      attempt: 2,
      error: { code: 'upstream_error', message: 'status 500', retryable: true, owner: 'upstream' as const },
      latency_ms: 12,
      next_attempt_at: null,
    },
  };
  const startMs = Date.parse('2026-01-01T00:00:00.000Z');

  it('names the file that a step made', () => {
    const artifact = { name: 'invite.ics', sha256: 'ab', bytes: 1_200, media_type: 'text/calendar' };
    const created = { ...event, type: 'artifact.created', data: { step_id: 'invite', artifact } };
    expect(eventText(plain, created, startMs)).toBe(
      '   1.50s  artifact.created     invite invite.ics, text/calendar, 1,200 bytes',
    );
  });

  it('is a line with time, type and what happened', () => {
    expect(eventText(plain, event, startMs)).toBe(
      '   1.50s  tool.call.failed     fetch (attempt 2): upstream_error: status 500',
    );
  });

  it('is a line also when it is of a kind, or has data, that this version does not know', () => {
    expect(eventText(plain, { ...event, type: 'loop.cut' }, startMs)).toBe('   1.50s  loop.cut');
    expect(eventText(plain, { ...event, data: {} }, startMs)).toBe('   1.50s  tool.call.failed');
  });
});

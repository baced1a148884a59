import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  centsAmount,
  changedParam,
  commaSeparated,
  label,
  planParser,
  wholeNumber,
} from './option-parsers.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'aos-plan-'));
  writeFileSync(join(directory, 'plan.json'), '[{"skill":"http_call"}]');
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('a plan', () => {
  it('is JSON, or a file relative to where the command was typed', () => {
    expect(planParser(directory)('[{"skill":"http_call"}]')).toEqual([{ skill: 'http_call' }]);
    expect(planParser(directory)('@plan.json')).toEqual([{ skill: 'http_call' }]);
    expect(planParser('/')(`@${directory}/plan.json`)).toEqual([{ skill: 'http_call' }]);
  });

  it.each([
    ['@missing.json', 'Cannot read missing.json'],
    ['[{"skill":}]', 'Not JSON'],
    ['{"steps":[]}', 'a JSON list of steps'],
  ])('is refused with the reason: %s', (text, message) => {
    expect(() => planParser(directory)(text)).toThrow(message);
  });
});

describe('other options', () => {
  it('read amounts, counts, lists and labels', () => {
    expect(centsAmount('0.25')).toBe(0.25);
    expect(wholeNumber('7')).toBe(7);
    expect(commaSeparated('a, b,,c')).toEqual(['a', 'b', 'c']);
    expect(label('b=2=3', label('a=1'))).toEqual({ a: '1', b: '2=3' });
  });

  it.each([
    [centsAmount, 'ten'],
    [centsAmount, ''],
    [centsAmount, '-1'],
    [wholeNumber, '1.5'],
    [wholeNumber, '-1'],
    [label, 'team'],
    [label, '=x'],
  ])('refuse what they cannot read: %p %j', (parse: (text: string) => unknown, text) => {
    expect(() => parse(text)).toThrow('Not');
  });
});

describe('a changed param', () => {
  it('names its step and its path; what is not JSON is text', () => {
    const first = changedParam('fetch.headers.accept=text/html');
    const both = changedParam('fetch.timeout=5', changedParam('fetch.headers.age=1', first));
    expect(changedParam('pick.query=.price == "1"', both)).toEqual({
      fetch: { headers: { accept: 'text/html', age: 1 }, timeout: 5 },
      pick: { query: '.price == "1"' },
    });
  });

  it.each(['fetch=1', '.url=1', 'fetch..url=1', 'fetch.url'])('%s is none', (text) => {
    expect(() => changedParam(text)).toThrow('step.path=value');
  });
});

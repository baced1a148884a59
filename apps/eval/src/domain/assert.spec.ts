import type { Assertion, AssertionResult, Run } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { judge } from './assert.ts';
import type { Checks } from './checks.ts';

const checks: Checks = {
  misfitOfPattern: (pattern, text) => (text.includes(pattern) ? undefined : `does not match /${pattern}/`),
  misfitOfSchema: (schema) => (schema === true ? undefined : 'does not fit the schema'),
  problemOfPattern: () => undefined,
  problemOfSchema: () => undefined,
};

const runOf = (output: unknown, more: object = {}) =>
  // As much of a run as assertions look at.
  ({ status: 'succeeded', outcome: { output, error: null }, ...more }) as unknown as Run;

function judged(output: unknown, assertion: Partial<Assertion>, more: object = {}): AssertionResult {
  const [result] = judge(
    [{ path: '/outcome/output', op: 'equals', ...assertion }],
    runOf(output, more),
    checks,
  );
  if (result === undefined) throw new Error('an assertion has a result');
  return result;
}

describe('an assertion', () => {
  it.each<[Assertion['op'], unknown, Assertion['value']]>([
    ['equals', { a: [1] }, { a: [1] }],
    ['not_equals', 1, 2],
    ['contains', 'a word', 'word'],
    ['matches', 'a word', 'word'],
    ['exists', null, undefined],
    ['exists', 0, true],
    ['gte', 5, 5],
    ['lte', 5, 5],
    ['schema', {}, true],
  ])('%s holds for %j and %j', (op, output, value) => {
    expect(judged(output, { op, value })).toEqual({
      path: '/outcome/output',
      op,
      passed: true,
      expected: value ?? null,
      actual: output,
      message: 'holds',
    });
  });

  it.each<[Assertion['op'], unknown, Assertion['value'], string]>([
    ['equals', { a: 1 }, { a: 2 }, 'is {"a":1}, expected {"a":2}'],
    ['equals', '1', 1, 'is "1", expected 1'],
    ['not_equals', 1, 1, 'is 1, which it must not be'],
    ['contains', 'a word', 'none', 'is "a word", which does not contain "none"'],
    ['matches', 'a word', 'none', 'does not match /none/'],
    ['matches', 5, '5', 'is 5, expected a text'],
    ['exists', 1, false, 'is there and must not be'],
    ['gte', 4.9, 5, 'is 4.9, expected at least 5'],
    ['gte', '9', 5, 'is "9", expected a number'],
    ['lte', 5.1, 5, 'is 5.1, expected at most 5'],
    ['lte', null, 5, 'is null, expected a number'],
    ['schema', {}, false, 'does not fit the schema'],
  ])('%s fails for %j and %j: %s', (op, output, value, message) => {
    expect(judged(output, { op, value })).toMatchObject({
      passed: false,
      expected: value,
      actual: output,
      message: `/outcome/output ${message}`,
    });
  });

  it.each<[Assertion['op'], Assertion['value']]>([
    ['equals', null],
    ['not_equals', 1],
    ['exists', undefined],
    ['schema', true],
    ['lte', 5],
  ])('%s fails where there is nothing, with what there is', (op, value) => {
    expect(judged({ a: 1 }, { path: '/outcome/output/b', op, value })).toMatchObject({
      passed: false,
      actual: null,
      message: '/outcome/output/b is not there: /outcome/output has a',
    });
  });

  it('that nothing is there holds where there is nothing', () => {
    expect(judged({}, { path: '/outcome/output/b', op: 'exists', value: false }).passed).toBe(true);
  });

  it('of the whole run names it', () => {
    expect(judged(1, { path: '', op: 'contains', value: { status: 'succeeded' } }).passed).toBe(true);
    expect(judged(1, { path: '', op: 'equals', value: 1 }).message).toMatch(/^the run is \{/);
  });

  it('that fails says how a run that did not succeed has ended', () => {
    const error = { code: 'skill_failed', message: 'no such field' };
    const failed = { status: 'failed', outcome: { output: null, error } };
    expect(judged(null, { value: 1 }, failed).message).toBe(
      '/outcome/output is null, expected 1 (the run ended as failed: skill_failed: no such field)',
    );
    const cancelled = { status: 'cancelled', outcome: null };
    expect(judged(null, { path: '/outcome/x', value: 1 }, cancelled).message).toBe(
      '/outcome/x is not there: /outcome is null (the run ended as cancelled)',
    );
    expect(judged(null, { path: '/status', value: 'failed' }, failed).message).toBe('holds');
  });

  it('keeps no more of large values than shows what they are', () => {
    const result = judged('x'.repeat(5_000), { value: { long: 'y'.repeat(5_000) } });
    expect(result.actual).toHaveLength(1_000);
    expect(result.actual).toEqual(expect.stringMatching(/^"x+…$/));
    expect(result.expected).toEqual(expect.stringMatching(/^\{"long":"y+…$/));
    expect(result.message.length).toBeLessThanOrEqual(500);
    // Cut within a character of two halves.
    const halves = judged('😀'.repeat(600), { value: 1 });
    expect(JSON.stringify(halves.actual)).not.toMatch(/\\ud[89a-f]/);
  });
});

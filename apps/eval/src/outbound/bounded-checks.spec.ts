import { describe, expect, it } from '@jest/globals';
import { boundedChecks } from './bounded-checks.ts';

/** More than it takes on a busy machine. */
const MS_MAX = 30_000;

const misfitOfSchema = (schema: unknown, value: unknown) =>
  boundedChecks(MS_MAX).misfitOfSchema(schema, value);
const problem = (schema: unknown) => boundedChecks(MS_MAX).problemOfSchema(schema);
const named = (type: string) => ({ $id: 'https://example.com/one', type });

describe('a pattern', () => {
  it('is a regular expression of ECMAScript with Unicode', () => {
    const checks = boundedChecks();
    expect(checks.misfitOfPattern('^\\p{Lu}.(?i:REFUND)$', 'Ä refund')).toBeUndefined();
    expect(checks.misfitOfPattern('^refund', 'a refund')).toBe('does not match /^refund/');
    expect(checks.problemOfPattern('(a')).toContain('Invalid regular expression');
    expect(checks.problemOfPattern('a'.repeat(1_001))).toContain('may have 1000');
    expect(checks.problemOfPattern('a')).toBeUndefined();
  });

  it('that backtracks without end is cut, and what comes after it has no time left', () => {
    const checks = boundedChecks();
    const startedMs = performance.now();
    expect(checks.misfitOfPattern('^(a+)+$', `${'a'.repeat(50)}b`)).toBe(
      'could not be checked within 1000 ms',
    );
    expect(checks.misfitOfPattern('a', 'a')).toContain('took too long');
    expect(checks.misfitOfSchema(true, 1)).toContain('took too long');
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });

  it('is not tried on very long texts', () => {
    expect(boundedChecks().misfitOfPattern('a', 'a'.repeat(100_001))).toContain('at most 100000');
  });
});

describe('a schema', () => {
  it('is JSON Schema 2020-12', () => {
    const schema = {
      type: 'object',
      required: ['score'],
      properties: { score: { type: 'integer', maximum: 100 }, pair: { prefixItems: [{ type: 'string' }] } },
    };
    expect(misfitOfSchema(schema, { score: 5, pair: ['a', 1] })).toBeUndefined();
    expect(misfitOfSchema(schema, { score: 101, pair: [1] })).toBe(
      'does not fit the schema: /score must be <= 100; /pair/0 must be string',
    );
    expect(misfitOfSchema(schema, 5)).toBe('does not fit the schema: it must be object');
  });

  it('tells the first few of many misfits', () => {
    const required = ['a', 'b', 'c', 'd'];
    expect(misfitOfSchema({ required }, {})?.split(';')).toHaveLength(4);
  });

  it('that cannot be used is refused with the reason', () => {
    expect(problem({ type: 'nonsense' })).toContain('cannot be used');
    expect(problem({ $ref: 'https://example.com/other' })).toContain('resolve reference');
    expect(problem({ pattern: '(' })).toContain('cannot be used');
    expect(problem({ type: 'string', 'x-note': 'unknown words are allowed' })).toBeUndefined();
  });

  it('may have the $id of another one', () => {
    const checks = boundedChecks();
    expect(checks.misfitOfSchema(named('string'), 'a')).toBeUndefined();
    expect(checks.misfitOfSchema(named('number'), 'a')).toContain('must be number');
  });

  it.each([
    ['that refers to itself without end', { $ref: '#' }],
    ['with a pattern that backtracks without end', { pattern: '^(a+)+$' }],
  ])('%s holds nothing up', (_what, schema) => {
    expect(misfitOfSchema(schema, `${'a'.repeat(50)}b`)).toMatch(/cannot be used|could not be checked/);
  });
});

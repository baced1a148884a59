import { describe, expect, it } from '@jest/globals';
import { pathQuery } from './path-query.ts';

describe('a query', () => {
  it.each(['.', ' .a ', '.a.b_1', '.[0]', '.[-1].a', '."x y"', '.["x y"][2]', '.a["b"]', '.a.["b"]'])(
    'that is a path needs no interpreter: %s',
    (query) => {
      expect(pathQuery(query)).toBeDefined();
    },
  );

  it.each([
    '',
    '..',
    '["a"]',
    '[0]',
    '.a | .b',
    '.a?',
    '.[]',
    '.[1:2]',
    '.a // 1',
    '."\\(1)"',
    '.["\\u0061"]',
    '.1',
    '-1',
    'a',
    '.a b',
  ])('that is more than a path is left to jq: %s', (query) => {
    expect(pathQuery(query)).toBeUndefined();
  });

  it.each([
    [[1], '.a'],
    [{ a: 1 }, '.[0]'],
    ['text', '.a'],
    [1, '.a.b'],
  ])('that fails on %j is left to jq, which says why: %s', (input, query) => {
    expect(pathQuery(query)?.(input)).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { isEqual, isPartOf } from './json.ts';

describe('equal', () => {
  it.each([
    [1, 1],
    [null, null],
    [
      { a: 1, b: [1, { c: null }] },
      { b: [1, { c: null }], a: 1 },
    ],
    [[], []],
    [{}, {}],
  ])('are %j and %j', (left, right) => {
    expect(isEqual(left, right)).toBe(true);
  });

  it.each([
    [1, '1'],
    [0, false],
    [null, {}],
    [[], {}],
    [{}, []],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ toString: null }, { x: null }],
  ])('are not %j and %j', (left, right) => {
    expect(isEqual(left, right)).toBe(false);
  });
});

describe('contained', () => {
  it.each([
    ['30', 'within 30 days'],
    [2, [1, 2, 3]],
    [[1], [[1], 2]],
    [{ id: 'b' }, [{ id: 'a' }, { id: 'b', more: 1 }]],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: { b: 1 } }, { a: { b: 1, c: 2 } }],
    [{}, {}],
  ])('is %j in %j', (part, whole) => {
    expect(isPartOf(part, whole)).toBe(true);
  });

  it.each([
    ['31', 'within 30 days'],
    [30, 'within 30 days'],
    [4, [1, 2, 3]],
    [[1], [1, 2]],
    [{ a: 2 }, { a: 1 }],
    [{ a: [1] }, { a: [1, 2] }],
    ['a', { a: 1 }],
    [1, 12],
    [null, null],
  ])('is not %j in %j', (part, whole) => {
    expect(isPartOf(part, whole)).toBe(false);
  });
});

import { expect, it } from '@jest/globals';
import { count, someOf } from './bench-options.ts';

it('a count is a whole number from 1 on', () => {
  expect(count('20')).toBe(20);
  for (const wrong of ['0', '-1', '1.5', 'many']) expect(() => count(wrong)).toThrow('whole number');
});

it('a choice of names is theirs only, in their order', () => {
  const works = someOf(['W1', 'W2', 'W3']);
  expect(works('W3,W1')).toEqual(['W1', 'W3']);
  expect(works('')).toEqual([]);
  expect(() => works('W1,W4')).toThrow('Choose of W1, W2, W3.');
});

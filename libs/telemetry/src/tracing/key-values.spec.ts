import { describe, expect, it } from '@jest/globals';
import { keyValues } from './key-values.ts';

describe('name=value pairs of a variable', () => {
  it.each([
    [undefined, {}],
    ['', {}],
    ['a=1', { a: '1' }],
    [' team = blue , region=eu-1 ', { team: 'blue', region: 'eu-1' }],
    ['authorization=Bearer%20x%2Cy', { authorization: 'Bearer x,y' }],
    ['token=a=b==', { token: 'a=b==' }],
    ['half=100%', { half: '100%' }],
    ['no pair,,=1,b=2', { b: '2' }],
  ])('are read from %j', (text, pairs) => {
    expect(keyValues(text)).toEqual(pairs);
  });
});

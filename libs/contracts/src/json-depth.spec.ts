import { describe, expect, it } from '@jest/globals';
import { isDeeperThan } from './json-depth.ts';

describe('the depth of a body', () => {
  it('is counted through arrays and objects', () => {
    expect(isDeeperThan({ a: [{ b: 1 }] }, 3)).toBe(false);
    expect(isDeeperThan({ a: [{ b: 1 }] }, 2)).toBe(true);
    expect(isDeeperThan('text', 0)).toBe(false);
  });

  it('is found without exhausting the stack', () => {
    const depth = 400_000;
    const body: unknown = JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(isDeeperThan(body, 64)).toBe(true);
  });
});

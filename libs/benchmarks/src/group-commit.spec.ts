import { describe, expect, it } from '@jest/globals';
import { groupCommit } from './group-commit.ts';

describe('group commit', () => {
  it('writes what came during a write with the next one, in order', async () => {
    const batches: (readonly number[])[] = [];
    const write = groupCommit<number>(async (batch) => {
      batches.push(batch);
      await Promise.resolve();
    });
    await Promise.all([write(1), write(2), write(3)]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it('tells all of a batch that failed, and goes on with the next', async () => {
    let isBroken = true;
    const write = groupCommit<number>(async () => {
      if (isBroken) throw new Error('the disk is full');
      await Promise.resolve();
    });
    await expect(write(1)).rejects.toThrow('the disk is full');
    isBroken = false;
    await expect(write(2)).resolves.toBeUndefined();
  });
});

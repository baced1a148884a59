import { describe, expect, it } from '@jest/globals';
import { GroupCommit } from './group-commit.ts';

/** A commit that ends when told to. */
function openCommit(batchMax?: number) {
  const batches: number[][] = [];
  const ends: PromiseWithResolvers<PromiseSettledResult<number>[]>[] = [];
  const group = new GroupCommit<number, number>((batch) => {
    batches.push(batch);
    const end = Promise.withResolvers<PromiseSettledResult<number>[]>();
    ends.push(end);
    return end.promise;
  }, batchMax);
  const end = (index: number): void =>
    ends[index]?.resolve((batches[index] ?? []).map((value) => ({ status: 'fulfilled', value: value * 10 })));
  return { group, batches, ends, end };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a group commit', () => {
  it('commits together what is added in one turn, and what came meanwhile in the next', async () => {
    const { group, batches, end } = openCommit();
    const first = [group.add(1), group.add(2)];
    await turn();
    const second = [group.add(3), group.add(4)];
    await turn();
    expect(batches).toEqual([[1, 2]]);
    end(0);
    expect(await Promise.all(first)).toEqual([10, 20]);
    await turn();
    end(1);
    expect(await Promise.all(second)).toEqual([30, 40]);
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('makes no batch larger than its limit', async () => {
    const { group, batches, end } = openCommit(2);
    const all = Promise.all([group.add(1), group.add(2), group.add(3)]);
    await turn();
    end(0);
    await turn();
    end(1);
    expect(await all).toEqual([10, 20, 30]);
    expect(batches).toEqual([[1, 2], [3]]);
  });

  it('fails a whole batch by a rejection, and goes on with the next', async () => {
    const { group, ends, end } = openCommit();
    const failed = Promise.allSettled([group.add(1), group.add(2)]);
    await turn();
    ends[0]?.reject(new Error('lost'));
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = group.add(3);
    await turn();
    end(1);
    expect(await next).toBe(30);
  });

  it('fails one of a batch by its own result', async () => {
    const { group, ends } = openCommit();
    const both = Promise.allSettled([group.add(1), group.add(2)]);
    await turn();
    ends[0]?.resolve([
      { status: 'rejected', reason: 'no' },
      { status: 'fulfilled', value: 2 },
    ]);
    expect(await both).toEqual([
      { status: 'rejected', reason: 'no' },
      { status: 'fulfilled', value: 2 },
    ]);
  });

  it('is idle when nothing is pending', async () => {
    const { group, end } = openCommit();
    await group.idle();
    const added = group.add(1);
    await turn();
    let isIdle = false;
    const idle = group.idle().then(() => (isIdle = true));
    await turn();
    expect(isIdle).toBe(false);
    end(0);
    await Promise.all([added, idle]);
  });
});

import { expect, it } from '@jest/globals';
import { waitUntil } from '@aos/testing';
import type { Submission } from '../../../src/application/engine/ports.ts';
import { ENGINE_VERSION } from '../../../src/domain/run/state.ts';
import { newWorker, row, submission, type StoreWorld } from '../store-world.ts';

/** A process with one claimed run, one flush of which is submit's and one the run's. */
async function working(world: StoreWorld): Promise<{ workerId: string; run: Submission }> {
  const workerId = await newWorker(world.store);
  const run = submission(await world.addAgent());
  await world.store.submit(workerId, 1, [run], 0);
  await world.store.claim(workerId, 1, ENGINE_VERSION);
  await world.store.flush({
    workerId,
    flushNo: 2,
    rows: [row(run, 3)],
    finished: [],
    released: [],
    handledSignals: [],
    publishedUpTo: 0,
  });
  return { workerId, run };
}

/** What others do for processes that were lost. */
export function recoverySuite(world: () => StoreWorld): void {
  it('hands on the runs of a process whose lease has ended, never those of a live one', async () => {
    const { store } = world();
    const live = await working(world());
    const dead = await working(world());
    expect(await store.buryDeadWorkers(0)).toEqual([]);
    await store.renewLease(dead.workerId, -1_000);
    expect(await store.buryDeadWorkers(0)).toEqual([{ runId: dead.run.runId, enqueueNo: null }]);
    expect(await store.buryDeadWorkers(0)).toEqual([]);
    const [claim] = await store.claim(live.workerId, 1, ENGINE_VERSION);
    expect(claim).toMatchObject({ runId: dead.run.runId, seq: 3, idleClaims: 1 });
  });

  it('hands on the runs of a process that is known to be dead at once, where its lock is free', async () => {
    const { store } = world();
    const watching = await newWorker(store);
    const { workerId, run } = await working(world());
    const lockless = await working(world());
    const others = async () => (await store.unlockedWorkers(watching)).filter((id) => id !== watching);
    expect(await others()).toEqual([]);
    const die = await world().lock(workerId);
    expect(await others()).toEqual([]);
    expect(await store.buryDeadWorkers(0, [workerId, lockless.workerId])).toEqual([]);
    await die();
    await waitUntil(async () => (await others()).length > 0, { what: 'the lock is free' });
    expect(await others()).toEqual([workerId]);
    expect(await store.unlockedWorkers(workerId)).toEqual([]);
    expect(await store.buryDeadWorkers(0, [])).toEqual([]);
    expect(await store.buryDeadWorkers(0, [workerId])).toEqual([{ runId: run.runId, enqueueNo: null }]);
    expect(await others()).toEqual([]);
  });

  it('gives up the place of a process only when it owns nothing', async () => {
    const { store } = world();
    const { workerId, run } = await working(world());
    await store.unregisterWorker(workerId);
    expect(await store.renewLease(workerId, 10_000)).toBe(true);
    await store.handBack(workerId, { runId: run.runId, enqueueNo: 1 }, true);
    await store.unregisterWorker(workerId);
    expect(await store.renewLease(workerId, 10_000)).toBe(false);
  });

  it('shows what a dead process left unpublished, until it is deleted', async () => {
    const { store } = world();
    const { workerId, run } = await working(world());
    const other = await newWorker(store);
    expect(await store.leftFlushes(other, [], 10)).toEqual([]);
    await store.renewLease(workerId, -1_000);
    await store.buryDeadWorkers(0);
    const left = await store.leftFlushes(other, [], 10);
    expect(left.map(({ flushNo, rows }) => [flushNo, rows.map(({ event }) => event.seq)])).toEqual([
      [1, [1, 2]],
      [2, [3]],
    ]);
    expect(left[0]?.tickets).toEqual([{ runId: run.runId, enqueueNo: 1 }]);
    expect(left[0]?.rows[0]).toMatchObject({ traceparent: run.traceparent, tenantId: run.tenantId });
    expect(await store.leftFlushes(other, [], 1)).toHaveLength(1);
    await store.deleteFlushes(left);
    expect(await store.leftFlushes(other, [], 10)).toEqual([]);
  });

  it('shows a process of its own flushes only those whose answer it lost', async () => {
    const { store } = world();
    const { workerId } = await working(world());
    expect((await store.leftFlushes(workerId, [2, 7], 10)).map(({ flushNo }) => flushNo)).toEqual([2]);
    expect(await store.leftFlushes(await newWorker(store), [1, 2], 10)).toEqual([]);
  });
}

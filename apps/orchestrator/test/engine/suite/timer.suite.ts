import { expect, it } from '@jest/globals';
import type { Submission } from '../../../src/application/engine/ports.ts';
import { ENGINE_VERSION } from '../../../src/domain/run/state.ts';
import { newWorker, row, submission, type AgentPlace, type StoreWorld } from '../store-world.ts';

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

async function submitted(
  world: StoreWorld,
  more: Partial<Submission>,
): Promise<{ agent: AgentPlace; run: Submission; workerId: string }> {
  const agent = await world.addAgent();
  const run = submission(agent, more);
  const workerId = await newWorker(world.store);
  await world.store.submit(workerId, 1, [run], 5);
  return { agent, run, workerId };
}

/** Times to start and to have ended. */
export function timerSuite(world: () => StoreWorld): void {
  it('lets a run wait for its time: neither claimed nor open nor with a ticket, its budget reserved', async () => {
    const { store } = world();
    const { agent, run, workerId } = await submitted(world(), {
      startAt: inMs(60_000),
      reserveMicrocents: 7,
    });
    expect(await world().counters(agent)).toEqual({ reserved: 7, spent: 0, openRuns: 0 });
    expect(await store.owned(workerId)).toEqual([]);
    expect(await store.claim(workerId, 5, ENGINE_VERSION)).toEqual([]);
    expect(await store.wakeDue(10)).toEqual([]);
    await store.renewLease(workerId, -1_000);
    await store.buryDeadWorkers(0);
    const left = await store.leftFlushes(await newWorker(store), [], 10);
    expect(left.map(({ tickets }) => tickets)).toEqual([[]]);
    expect(left[0]?.rows.map(({ runId }) => runId)).toEqual([run.runId, run.runId]);
  });

  it('makes a run ready when its time has come, and counts it as open then', async () => {
    const { store } = world();
    const { agent, run, workerId } = await submitted(world(), { startAt: inMs(-10) });
    expect(await store.wakeDue(10)).toEqual([{ runId: run.runId, enqueueNo: 2 }]);
    expect((await world().counters(agent)).openRuns).toBe(1);
    expect(await store.claim(workerId, 5, ENGINE_VERSION)).toMatchObject([{ runId: run.runId, seq: 2 }]);
  });

  it('gives queued runs over their deadline to whoever asks, once, and no others', async () => {
    const { store } = world();
    const agent = await world().addAgent();
    const [late, timely, open] = [inMs(-10), inMs(60_000), null].map((deadline) =>
      submission(agent, { deadline }),
    );
    if (late === undefined || timely === undefined || open === undefined) throw new Error('three runs');
    await store.submit(await newWorker(store), 1, [late, timely, open], 0);
    const workerId = await newWorker(store);
    expect(await store.claimOverdue(workerId, 10, ENGINE_VERSION - 1)).toEqual([]);
    expect(await store.claimOverdue(workerId, 10, ENGINE_VERSION)).toMatchObject([
      { runId: late.runId, seq: 2, idleClaims: 1 },
    ]);
    expect(await store.claimOverdue(await newWorker(store), 10, ENGINE_VERSION)).toEqual([]);
    const claimed = await store.claim(workerId, 10, ENGINE_VERSION);
    expect(claimed.map(({ runId }) => runId).toSorted()).toEqual([timely.runId, open.runId].toSorted());
  });

  it('wakes a waiting run whose deadline has passed, whatever it waits for', async () => {
    const { store } = world();
    const agent = await world().addAgent();
    const run = submission(agent, { deadline: inMs(-10) });
    const workerId = await newWorker(store);
    await store.submit(workerId, 1, [run], 0);
    await store.claim(workerId, 1, ENGINE_VERSION);
    const released = [{ ...run, reason: 'unknown_outcome', readyAt: null }];
    const flush = { workerId, flushNo: 2, rows: [row(run, 3)], finished: [], released };
    await store.flush({ ...flush, handledSignals: [], publishedUpTo: 0 });
    expect(await store.wakeDue(10)).toEqual([{ runId: run.runId, enqueueNo: 2 }]);
    expect(await store.claimOverdue(workerId, 10, ENGINE_VERSION)).toMatchObject([{ runId: run.runId }]);
    expect((await world().counters(agent)).openRuns).toBe(1);
  });

  it('lets a run on its way back wait, however late it is', async () => {
    const { store } = world();
    const run = submission(await world().addAgent(), { deadline: inMs(-10) });
    const workerId = await newWorker(store);
    await store.submit(workerId, 1, [run], 0);
    await store.claim(workerId, 1, ENGINE_VERSION);
    const released = [{ ...run, reason: 'compensation_failed', readyAt: null, isGoingBack: true }];
    const flush = { workerId, flushNo: 2, rows: [row(run, 3)], finished: [], released };
    await store.flush({ ...flush, handledSignals: [], publishedUpTo: 0 });
    expect(await store.wakeDue(10)).toEqual([]);
  });

  it('gives nothing that is over its deadline to a process that was declared dead', async () => {
    const { store } = world();
    await submitted(world(), { deadline: inMs(-10) });
    const dead = await newWorker(store, -1_000);
    await store.buryDeadWorkers(0);
    expect(await store.claimOverdue(dead, 10, ENGINE_VERSION)).toEqual([]);
  });
}

import { expect, it } from '@jest/globals';
import type { ClaimedRun, EngineStore, Submission } from '../../../src/application/engine/ports.ts';
import { ENGINE_VERSION } from '../../../src/domain/run/state.ts';
import { newWorker, row, submission, withoutPlan, type AgentPlace, type StoreWorld } from '../store-world.ts';

const flushOf = (workerId: string, run: Submission, seq: number) => ({
  workerId,
  flushNo: seq,
  rows: [row(run, seq)],
  finished: [],
  released: [],
  handledSignals: [],
  publishedUpTo: 0,
});

async function submitted(world: StoreWorld, runs: Submission[]): Promise<Submission[]> {
  await world.store.submit(await newWorker(world.store), 1, runs, 0);
  return runs;
}

const many = (agent: AgentPlace, count: number): Submission[] =>
  Array.from({ length: count }, () => submission(agent));

async function claimOne(store: EngineStore, workerId: string): Promise<ClaimedRun> {
  const [claim] = await store.claim(workerId, 1, ENGINE_VERSION);
  if (claim === undefined) throw new Error('nothing to claim');
  return claim;
}

/** Taking runs. */
export function claimSuite(world: () => StoreWorld): void {
  it('gives a run to one process only', async () => {
    const { store } = world();
    const runs = await submitted(world(), many(await world().addAgent(), 40));
    const workers = await Promise.all(Array.from({ length: 8 }, () => newWorker(store)));
    const claims = await Promise.all(workers.map((workerId) => store.claim(workerId, 5, ENGINE_VERSION)));
    const claimed = claims.flat().map(({ runId }) => runId);
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed.toSorted()).toEqual(runs.map(({ runId }) => runId).toSorted());
  });

  it('goes by priority, then by age', async () => {
    const { store } = world();
    const agent = await world().addAgent();
    const [low, high, older] = [3, 9, 9].map((priority) => submission(agent, { priority }));
    if (low === undefined || high === undefined || older === undefined) throw new Error('three runs');
    await submitted(world(), [older]);
    await submitted(world(), [low]);
    await submitted(world(), [high]);
    const workerId = await newWorker(store);
    const order: string[] = [];
    for (let turn = 0; turn < 3; turn += 1)
      order.push(...(await store.claim(workerId, 1, ENGINE_VERSION)).map(({ runId }) => runId));
    expect(order).toEqual([older, high, low].map(({ runId }) => runId));
  });

  it('serves a tenant with one run within two claims of a slot, whatever another has queued', async () => {
    const { store } = world();
    const busy = await world().addAgent({ tenantId: 'a-busy' });
    for (let batch = 0; batch < 5; batch += 1) await submitted(world(), many(busy, 200));
    const workerId = await newWorker(store);
    for (let turn = 0; turn < 10; turn += 1) await store.claim(workerId, 1, ENGINE_VERSION);
    const [rare] = await submitted(world(), many(await world().addAgent({ tenantId: 'b-rare' }), 1));
    const next = [
      ...(await store.claim(workerId, 1, ENGINE_VERSION)),
      ...(await store.claim(workerId, 1, ENGINE_VERSION)),
    ];
    expect(next.map(({ runId }) => runId)).toContain(rare?.runId);
  });

  it('leaves runs of a newer engine to newer processes', async () => {
    const { store } = world();
    await submitted(world(), many(await world().addAgent(), 1));
    expect(await store.claim(await newWorker(store), 1, ENGINE_VERSION - 1)).toEqual([]);
  });

  it('leaves a run to engines as new as the one that has worked on it', async () => {
    const { store } = world();
    await submitted(world(), many(await world().addAgent(), 1));
    const [newer, same] = [await newWorker(store), await newWorker(store)];
    const [claim] = await store.claim(newer, 1, ENGINE_VERSION + 1);
    if (claim === undefined) throw new Error('nothing to claim');
    await store.handBack(newer, claim, true);
    expect(await store.claim(same, 1, ENGINE_VERSION)).toEqual([]);
    expect(await store.claim(newer, 1, ENGINE_VERSION + 1)).toHaveLength(1);
  });

  it('knows where the journal of a fresh run stands, with a plan and without', async () => {
    const { store } = world();
    const agent = await world().addAgent();
    const unplanned = withoutPlan(submission(agent));
    const [planned] = await submitted(world(), [submission(agent), unplanned]);
    const claims = await store.claim(await newWorker(store), 2, ENGINE_VERSION);
    const seqs = new Map(claims.map(({ runId, seq }) => [runId, seq]));
    expect(seqs).toEqual(
      new Map([
        [planned?.runId, 2],
        [unplanned.runId, 1],
      ]),
    );
  });

  it('gives nothing to a process that was declared dead', async () => {
    const { store } = world();
    await submitted(world(), many(await world().addAgent(), 1));
    const dead = await newWorker(store, -1_000);
    await store.buryDeadWorkers(0);
    expect(await store.claim(dead, 1, ENGINE_VERSION)).toEqual([]);
    expect(await store.claim(await newWorker(store), 1, ENGINE_VERSION)).toHaveLength(1);
  });

  it('counts claims that found no progress, and begins anew when there was some', async () => {
    const { store } = world();
    const [run] = await submitted(world(), many(await world().addAgent(), 1));
    if (run === undefined) throw new Error('one run');
    const workerId = await newWorker(store);
    const first = await claimOne(store, workerId);
    expect(first).toMatchObject({ seq: 2, idleClaims: 1 });
    await store.handBack(workerId, first, false);
    const second = await claimOne(store, workerId);
    expect(second).toMatchObject({ seq: 2, idleClaims: 2 });
    await store.handBack(workerId, second, true);
    const third = await claimOne(store, workerId);
    expect(third).toMatchObject({ seq: 2, idleClaims: 2 });
    await store.flush(flushOf(workerId, run, 3));
    await store.handBack(workerId, third, false);
    expect(await claimOne(store, workerId)).toMatchObject({ seq: 3, idleClaims: 1 });
  });

  it('tells a process what it owns', async () => {
    const { store } = world();
    const runs = await submitted(world(), many(await world().addAgent(), 2));
    const workerId = await newWorker(store);
    await store.claim(workerId, 2, ENGINE_VERSION);
    const owned = await store.owned(workerId);
    expect(owned.map(({ runId }) => runId).toSorted()).toEqual(runs.map(({ runId }) => runId).toSorted());
    expect(await store.owned(await newWorker(store))).toEqual([]);
  });

  it('takes back a run from the claim that is named, and once', async () => {
    const { store } = world();
    await submitted(world(), many(await world().addAgent(), 1));
    const [owner, other] = [await newWorker(store), await newWorker(store)];
    const claim = await claimOne(store, owner);
    expect(await store.handBack(other, claim, true)).toEqual([]);
    expect(await store.handBack(owner, claim, true)).toEqual([{ runId: claim.runId, enqueueNo: null }]);
    const next = await claimOne(store, owner);
    expect(await store.handBack(owner, claim, true)).toEqual([]);
    expect(await store.owned(owner)).toMatchObject([{ runId: next.runId, enqueueNo: next.enqueueNo }]);
  });
}

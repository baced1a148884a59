import { expect, it } from '@jest/globals';
import { StoreDataError, type Flush, type Submission } from '../../../src/application/engine/ports.ts';
import { ENGINE_VERSION } from '../../../src/domain/run/state.ts';
import { newWorker, row, submission, type AgentPlace, type StoreWorld } from '../store-world.ts';

interface Claimed {
  agent: AgentPlace;
  run: Submission;
  workerId: string;
}

async function claimed(world: StoreWorld): Promise<Claimed> {
  const agent = await world.addAgent({ budgetMicrocents: 1_000 });
  const run = submission(agent, { reserveMicrocents: 100 });
  const workerId = await newWorker(world.store);
  await world.store.submit(workerId, 1, [run], 0);
  await world.store.claim(workerId, 1, ENGINE_VERSION);
  return { agent, run, workerId };
}

function flushOf({ workerId }: { workerId: string }, more: Partial<Flush> = {}): Flush {
  return {
    workerId,
    flushNo: 2,
    rows: [],
    finished: [],
    released: [],
    handledSignals: [],
    publishedUpTo: 0,
    ...more,
  };
}

const finish = (run: Submission, costMicrocents: number): Partial<Flush> => ({
  rows: [row(run, 3)],
  finished: [{ ...run, status: 'succeeded', costMicrocents, finishedAt: new Date().toISOString() }],
});

const release = (run: Submission, readyAt: string | null, reason = 'retry'): Partial<Flush> => ({
  rows: [row(run, 3)],
  released: [{ ...run, reason, readyAt }],
});

/** Writing the journal. */
export function flushSuite(world: () => StoreWorld): void {
  it('settles a finished run: nothing reserved, its true cost spent, not open any more', async () => {
    const { agent, run, workerId } = await claimed(world());
    expect(await world().counters(agent)).toEqual({ reserved: 100, spent: 0, openRuns: 1 });
    expect(await world().store.flush(flushOf({ workerId }, finish(run, 30)))).toBe('committed');
    expect(await world().counters(agent)).toEqual({ reserved: 0, spent: 30, openRuns: 0 });
    expect(await world().store.owned(workerId)).toEqual([]);
  });

  it('lets a waiting run keep its reservation but not its place among the open runs', async () => {
    const { agent, run, workerId } = await claimed(world());
    const { store } = world();
    await store.flush(flushOf({ workerId }, release(run, new Date(Date.now() + 60_000).toISOString())));
    expect(await world().counters(agent)).toEqual({ reserved: 100, spent: 0, openRuns: 0 });
    expect(await store.wakeDue(10)).toEqual([]);
    expect(await store.claim(workerId, 1, ENGINE_VERSION)).toEqual([]);
  });

  it('makes a waiting run ready when its time has come, and counts it as open again', async () => {
    const { agent, run, workerId } = await claimed(world());
    const { store } = world();
    await store.flush(flushOf({ workerId }, release(run, new Date(Date.now() - 1).toISOString())));
    expect(await store.wakeDue(10)).toEqual([{ runId: run.runId, enqueueNo: 2 }]);
    expect(await world().counters(agent)).toEqual({ reserved: 100, spent: 0, openRuns: 1 });
    expect(await store.claim(workerId, 1, ENGINE_VERSION)).toHaveLength(1);
  });

  it('never wakes a run that waits for a person', async () => {
    const { run, workerId } = await claimed(world());
    await world().store.flush(flushOf({ workerId }, release(run, null)));
    expect(await world().store.wakeDue(10)).toEqual([]);
  });

  it('writes nothing of a process that was declared dead', async () => {
    const { agent, run, workerId } = await claimed(world());
    const { store } = world();
    await store.renewLease(workerId, -1_000);
    await store.buryDeadWorkers(0);
    expect(await store.flush(flushOf({ workerId }, finish(run, 30)))).toBe('fenced');
    expect((await store.journal([run.runId])).get(run.runId)).toHaveLength(2);
    expect(await world().counters(agent)).toEqual({ reserved: 100, spent: 0, openRuns: 1 });
    expect(await store.renewLease(workerId, 10_000)).toBe(false);
  });

  it('refuses a run_seq that is taken, with all that came with it', async () => {
    const first = await claimed(world());
    const second = await claimed(world());
    const flush = flushOf(first, { ...finish(first.run, 30), rows: [row(first.run, 3), row(second.run, 2)] });
    await expect(world().store.flush(flush)).rejects.toBeInstanceOf(StoreDataError);
    expect((await world().store.journal([first.run.runId])).get(first.run.runId)).toHaveLength(2);
    expect(await world().counters(first.agent)).toEqual({ reserved: 100, spent: 0, openRuns: 1 });
    expect(await world().store.wasCommitted(first.workerId, 2)).toBe(false);
  });

  it('refuses NUL characters', async () => {
    const { run, workerId } = await claimed(world());
    const flush = flushOf({ workerId }, release(run, null, 'a\0b'));
    await expect(world().store.flush(flush)).rejects.toBeInstanceOf(StoreDataError);
  });

  it('tells whether a flush was committed, until its events are published', async () => {
    const { run, workerId } = await claimed(world());
    const { store } = world();
    expect(await store.wasCommitted(workerId, 2)).toBe(false);
    await store.flush(flushOf({ workerId }, { rows: [row(run, 3)] }));
    expect(await store.wasCommitted(workerId, 2)).toBe(true);
    await store.flush(flushOf({ workerId }, { flushNo: 3, publishedUpTo: 2 }));
    expect(await store.wasCommitted(workerId, 2)).toBe(false);
  });

  it('gives back the journal as it was written', async () => {
    const { run, workerId } = await claimed(world());
    const third = row(run, 3, 'naïve ✓');
    await world().store.flush(flushOf({ workerId }, { rows: [third] }));
    const events = (await world().store.journal([run.runId])).get(run.runId);
    expect(events?.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(events?.at(-1)).toEqual(third.event);
  });
}

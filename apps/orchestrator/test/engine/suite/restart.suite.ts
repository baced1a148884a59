import { expect, it } from '@jest/globals';
import type { JournalRow, Restart, Submission } from '../../../src/application/engine/ports.ts';
import { ENGINE_VERSION } from '../../../src/domain/run/state.ts';
import { newWorker, row, submission, type AgentPlace, type StoreWorld } from '../store-world.ts';

interface Ended {
  agent: AgentPlace;
  run: Submission;
  workerId: string;
}

/** A run that has failed after it had spent something. */
async function ended(world: StoreWorld, limits: Parameters<StoreWorld['addAgent']>[0] = {}): Promise<Ended> {
  const agent = await world.addAgent(limits);
  const run = submission(agent, { reserveMicrocents: 10 });
  const workerId = await newWorker(world.store);
  await world.store.submit(workerId, 1, [run], 0);
  await world.store.claim(workerId, 1, ENGINE_VERSION);
  await finish(world, { agent, run, workerId }, 3, 4);
  return { agent, run, workerId };
}

async function finish(
  { store }: StoreWorld,
  { run, workerId }: Ended,
  seq: number,
  cost: number,
): Promise<void> {
  const finished = {
    ...run,
    status: 'failed',
    costMicrocents: cost,
    finishedAt: new Date().toISOString(),
  } as const;
  const flush = { workerId, flushNo: seq, rows: [row(run, seq)], finished: [finished], released: [] };
  await store.flush({ ...flush, handledSignals: [], publishedUpTo: 0 });
}

function restartOf({ runId, tenantId, agentId, agentKey }: Submission, seq: number): Restart {
  const identity = { runId, tenantId, agentId };
  const time = new Date().toISOString();
  const data = { from_step: 'a', generation: 2, reserved_microcents: 10 };
  const event: JournalRow['event'] = { seq, type: 'run.restarted', time, data };
  const told = { ...identity, traceparent: '', event };
  return { ...identity, agentKey, reserveMicrocents: 10, skills: [], steps: 1, row: told };
}

/** Ended runs that begin again. */
export function restartSuite(world: () => StoreWorld): void {
  it('makes an ended run ready, open and covered by its budget, its event kept for publishing', async () => {
    const { store } = world();
    const { agent, run, workerId } = await ended(world());
    expect(await world().counters(agent)).toEqual({ reserved: 0, spent: 4, openRuns: 0 });
    const ticket = { runId: run.runId, enqueueNo: 2 };
    expect(await store.restart(workerId, 9, restartOf(run, 4))).toEqual({ kind: 'restarted', ticket });
    expect(await world().counters(agent)).toEqual({ reserved: 10, spent: 4, openRuns: 1 });
    expect(await store.wasCommitted(workerId, 9)).toBe(true);
    expect((await store.journal([run.runId])).get(run.runId)?.at(-1)?.type).toBe('run.restarted');
    expect(await store.claim(workerId, 1, ENGINE_VERSION)).toMatchObject([{ runId: run.runId, seq: 4 }]);
  });

  it('spends only what the run has cost since', async () => {
    const { store } = world();
    const found = await ended(world());
    await store.restart(found.workerId, 9, restartOf(found.run, 4));
    await store.claim(found.workerId, 1, ENGINE_VERSION);
    await finish(world(), found, 5, 11);
    expect(await world().counters(found.agent)).toEqual({ reserved: 0, spent: 11, openRuns: 0 });
  });

  it('does nothing to a run that has not ended or whose journal went on, so that a repeat is harmless', async () => {
    const { store } = world();
    const { agent, run, workerId } = await ended(world());
    expect(await store.restart(workerId, 8, restartOf(run, 3))).toEqual({ kind: 'changed' });
    expect(await store.restart(workerId, 8, restartOf(run, 5))).toEqual({ kind: 'changed' });
    expect(await store.restart(workerId, 9, restartOf(run, 4))).toMatchObject({ kind: 'restarted' });
    expect(await store.restart(workerId, 10, restartOf(run, 4))).toEqual({ kind: 'changed' });
    expect(await store.restart(workerId, 10, restartOf(run, 5))).toEqual({ kind: 'changed' });
    expect(await world().counters(agent)).toEqual({ reserved: 10, spent: 4, openRuns: 1 });
  });

  it('refuses what its agent’s budget or open runs do not allow', async () => {
    const { store } = world();
    const poor = await ended(world(), { budgetMicrocents: 13 });
    expect(await store.restart(poor.workerId, 9, restartOf(poor.run, 4))).toMatchObject({
      error: { code: 'budget_exceeded' },
    });
    const busy = await ended(world(), { maxConcurrentRuns: 1 });
    await store.submit(busy.workerId, 5, [submission(busy.agent)], 0);
    expect(await store.restart(busy.workerId, 9, restartOf(busy.run, 4))).toMatchObject({
      error: { code: 'too_many_open_runs' },
    });
    expect((await world().counters(busy.agent)).openRuns).toBe(1);
  });

  it('writes nothing for a process that was declared dead', async () => {
    const { store } = world();
    const { run } = await ended(world());
    const dead = await newWorker(store, -1_000);
    await store.buryDeadWorkers(0);
    expect(await store.restart(dead, 1, restartOf(run, 4))).toBe('fenced');
  });
}

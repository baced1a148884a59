import { expect, it } from '@jest/globals';
import type { Submission } from '../../../src/application/engine/ports.ts';
import { ENGINE_VERSION } from '../../../src/domain/run/state.ts';
import { newWorker, row, submission, type StoreWorld } from '../store-world.ts';

const NOW = '2026-01-01T00:00:00.000Z';

/** A run in a slot and a child of it, in one, too. */
async function parentAndChild(world: StoreWorld) {
  const { store } = world;
  const agent = await world.addAgent();
  const workerId = await newWorker(store);
  const parent = submission(agent, { reserveMicrocents: 900 });
  await store.submit(workerId, 1, [parent], 0);
  await store.claim(workerId, 1, ENGINE_VERSION);
  const child = submission(agent, {
    parent: { runId: parent.runId, stepId: 'ask' },
    idempotencyKey: `child of ${parent.runId}`,
  });
  await store.submit(workerId, 2, [child], 0);
  await store.claim(workerId, 1, ENGINE_VERSION);
  return { agent, workerId, parent, child };
}

function endOf(workerId: string, child: Submission, parent: Submission) {
  const awaitedBy = {
    runId: parent.runId,
    stepId: 'ask',
    signalId: '019b76da-b940-7d77-812d-76c1d6cc1699',
  };
  const { runId, tenantId, agentId } = child;
  const ended = {
    runId,
    tenantId,
    agentId,
    status: 'succeeded',
    costMicrocents: 70,
    finishedAt: NOW,
  } as const;
  const rows = [row(child, 3)];
  const none = { released: [], handledSignals: [], publishedUpTo: 0 };
  return { workerId, flushNo: 3, rows, finished: [{ ...ended, awaitedBy }], ...none };
}

/** Child runs. */
export function childrenSuite(world: () => StoreWorld): void {
  it('wakes the parent with the end of its child, and leaves the child’s cost to it', async () => {
    const { store } = world();
    const { agent, workerId, parent, child } = await parentAndChild(world());
    await store.flush(endOf(workerId, child, parent));
    expect(await store.signals(workerId)).toMatchObject([
      { type: 'wake', runId: parent.runId, stepId: 'ask' },
    ]);
    expect(await world().counters(agent)).toEqual({ reserved: 900, spent: 0, openRuns: 1 });
  });

  it('writes no wake-up for a process that was declared dead', async () => {
    const { store } = world();
    const { workerId, parent, child } = await parentAndChild(world());
    expect(await store.flush({ ...endOf(workerId, child, parent), workerId: parent.runId })).toBe('fenced');
    expect(await store.signals(workerId)).toEqual([]);
  });

  it('admits no child of a run that comes to its end, but knows those it has', async () => {
    const { store } = world();
    const { workerId, parent, child } = await parentAndChild(world());
    expect(await store.closeToChildren(workerId, parent.runId)).toEqual([child.runId]);
    const { tenantId, agentId, agentKey, parent: above } = child;
    const late = submission({ tenantId, agentId, agentKey }, above === undefined ? {} : { parent: above });
    const again = { ...child, runId: late.runId };
    expect(await store.submit(workerId, 3, [late, again], 0)).toMatchObject([
      { kind: 'refuse', error: { code: 'run_cancelled' } },
      { kind: 'repeated', run: { run_id: child.runId } },
    ]);
    await store.flush({ ...endOf(workerId, child, parent), flushNo: 4 });
    expect(await store.closeToChildren(workerId, parent.runId)).toEqual([]);
  });
}

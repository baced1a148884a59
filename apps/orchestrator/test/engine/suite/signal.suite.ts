import { expect, it } from '@jest/globals';
import { v7 as newId } from 'uuid';
import type { Flush, RunSignal, Submission } from '../../../src/application/engine/ports.ts';
import { ENGINE_VERSION } from '../../../src/domain/run/state.ts';
import { newWorker, row, submission, type AgentPlace, type StoreWorld } from '../store-world.ts';

const cancel = (runId: string): RunSignal => ({
  signalId: newId(),
  runId,
  type: 'cancel',
  reason: 'not needed',
});

const pause = (runId: string): RunSignal => ({ signalId: newId(), runId, type: 'pause' });
const resume = (runId: string, stepId?: string): RunSignal => ({
  signalId: newId(),
  runId,
  type: 'resume',
  decision: stepId === undefined ? null : { stepId, outcome: 'retry' },
});
const NOTHING_LEFT = { kind: 'left', ownerId: null, ticket: null };

async function submitted(
  world: StoreWorld,
): Promise<{ agent: AgentPlace; run: Submission; workerId: string }> {
  const agent = await world.addAgent();
  const run = submission(agent);
  const workerId = await newWorker(world.store);
  await world.store.submit(workerId, 1, [run], 0);
  return { agent, run, workerId };
}

function flushOf(workerId: string, run: Submission, more: Partial<Flush>): Flush {
  return {
    workerId,
    flushNo: 2,
    rows: [row(run, 3)],
    finished: [],
    released: [],
    handledSignals: [],
    publishedUpTo: 0,
    ...more,
  };
}

const waiting = (run: Submission, reason = 'unknown_outcome', readyAt: string | null = null) => ({
  released: [{ ...run, reason, readyAt }],
});

/** Signals for runs. */
export function signalSuite(world: () => StoreWorld): void {
  it('leaves a signal for the owner of a run, once', async () => {
    const { store } = world();
    const { run, workerId } = await submitted(world());
    await store.claim(workerId, 1, ENGINE_VERSION);
    const signal = cancel(run.runId);
    expect(await store.signal(run, signal)).toEqual({ kind: 'left', ownerId: workerId, ticket: null });
    await store.signal(run, cancel(run.runId));
    expect(await store.signals(workerId)).toEqual([signal]);
    expect(await store.signals(await newWorker(store))).toEqual([]);
  });

  it('is gone when the run has ended', async () => {
    const { store } = world();
    const { run, workerId } = await submitted(world());
    await store.claim(workerId, 1, ENGINE_VERSION);
    await store.signal(run, cancel(run.runId));
    const finished = {
      ...run,
      status: 'cancelled',
      costMicrocents: 0,
      finishedAt: new Date().toISOString(),
    } as const;
    await store.flush(flushOf(workerId, run, { finished: [finished] }));
    expect(await store.signals(workerId)).toEqual([]);
    expect(await store.signal(run, cancel(run.runId))).toEqual({ kind: 'ended' });
  });

  it('keeps a queued run ready, and the claim tells of the signal', async () => {
    const { store } = world();
    const { agent, run, workerId } = await submitted(world());
    const ticket = { runId: run.runId, enqueueNo: 2 };
    expect(await store.signal(run, cancel(run.runId))).toEqual({ kind: 'left', ownerId: null, ticket });
    expect((await world().counters(agent)).openRuns).toBe(1);
    expect(await store.claim(workerId, 2, ENGINE_VERSION)).toMatchObject([
      { runId: run.runId, hasSignals: true },
    ]);
  });

  it('makes a waiting run ready, whatever it waits for', async () => {
    const { store } = world();
    const { agent, run, workerId } = await submitted(world());
    await store.claim(workerId, 1, ENGINE_VERSION);
    await store.flush(flushOf(workerId, run, waiting(run)));
    const ticket = { runId: run.runId, enqueueNo: 2 };
    expect(await store.signal(run, cancel(run.runId))).toEqual({ kind: 'left', ownerId: null, ticket });
    expect((await world().counters(agent)).openRuns).toBe(1);
    expect(await store.claim(workerId, 1, ENGINE_VERSION)).toMatchObject([
      { runId: run.runId, hasSignals: true },
    ]);
  });

  it('wakes a run that began to wait before its owner saw the signal', async () => {
    const { store } = world();
    const { run, workerId } = await submitted(world());
    await store.claim(workerId, 1, ENGINE_VERSION);
    await store.signal(run, cancel(run.runId));
    await store.flush(flushOf(workerId, run, waiting(run)));
    expect(await store.wakeDue(10)).toEqual([{ runId: run.runId, enqueueNo: 2 }]);
    expect(await store.wakeDue(10)).toEqual([]);
  });

  it('keeps the last of pause and resume for the owner, and every decision', async () => {
    const { store } = world();
    const { run, workerId } = await submitted(world());
    await store.claim(workerId, 1, ENGINE_VERSION);
    const decided = resume(run.runId, 'a');
    await store.signal(run, decided);
    await store.signal(run, resume(run.runId, 'a'));
    await store.signal(run, resume(run.runId));
    const paused = pause(run.runId);
    await store.signal(run, paused);
    await store.signal(run, pause(run.runId));
    expect(await store.signals(workerId)).toEqual([decided, paused]);
    const other = resume(run.runId, 'b');
    await store.signal(run, other);
    expect(await store.signals(workerId)).toEqual([decided, other]);
  });

  it('wakes a paused run to be resumed, never to be paused again', async () => {
    const { store } = world();
    const { run, workerId } = await submitted(world());
    await store.claim(workerId, 1, ENGINE_VERSION);
    await store.flush(flushOf(workerId, run, waiting(run, 'paused')));
    expect(await store.signal(run, pause(run.runId))).toEqual(NOTHING_LEFT);
    expect(await store.wakeDue(10)).toEqual([]);
    const ticket = { runId: run.runId, enqueueNo: 2 };
    expect(await store.signal(run, resume(run.runId))).toEqual({ kind: 'left', ownerId: null, ticket });
    const [claim] = await store.claim(workerId, 1, ENGINE_VERSION);
    expect(claim).toMatchObject({ runId: run.runId, hasSignals: true });
  });

  it('leaves alone what has nothing to resume: a queued run, and one that waits for a time', async () => {
    const { store } = world();
    const { run, workerId } = await submitted(world());
    expect(await store.signal(run, resume(run.runId))).toEqual(NOTHING_LEFT);
    await store.claim(workerId, 1, ENGINE_VERSION);
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    await store.flush(flushOf(workerId, run, waiting(run, 'retry', inAnHour)));
    expect(await store.signal(run, resume(run.runId))).toEqual(NOTHING_LEFT);
    expect(await store.wakeDue(10)).toEqual([]);
  });

  it('keeps a decision for a run that somebody has just woken, and what a cancel says about effects', async () => {
    const { store } = world();
    const { run, workerId } = await submitted(world());
    const decided = resume(run.runId, 'a');
    const cancelled = { ...cancel(run.runId), onFailure: 'keep' as const };
    expect(await store.signal(run, decided)).toMatchObject({ kind: 'left' });
    await store.signal(run, cancelled);
    await store.claim(workerId, 1, ENGINE_VERSION);
    expect(await store.signals(workerId)).toEqual([decided, cancelled]);
  });

  it('takes a pause back that no owner has seen', async () => {
    const { store } = world();
    const { run, workerId } = await submitted(world());
    await store.signal(run, pause(run.runId));
    await store.signal(run, resume(run.runId));
    expect(await store.claim(workerId, 1, ENGINE_VERSION)).toMatchObject([{ hasSignals: false }]);
  });

  it('knows no run of another tenant, and none that is not there', async () => {
    const { store } = world();
    const { run } = await submitted(world());
    const foreign = { tenantId: 'somebody-else', runId: run.runId };
    expect(await store.signal(foreign, cancel(run.runId))).toEqual({ kind: 'not_found' });
    const runId = newId();
    expect(await store.signal({ tenantId: run.tenantId, runId }, cancel(runId))).toEqual({
      kind: 'not_found',
    });
  });
}

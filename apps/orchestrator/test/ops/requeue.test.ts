import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requeueRun } from '../../src/application/ops/requeue-run.ts';
import { runQueueRepository } from '../../src/outbound/run-queue.repository.ts';
import { ENGINE_VERSION } from '../../src/domain/run/state.ts';
import { newWorker } from '../engine/store-world.ts';
import { managerOf, openOpsWorld, type OpsWorld } from './ops-world.ts';

let world: OpsWorld;

beforeAll(async () => {
  world = await openOpsWorld();
});
afterAll(() => world.close());

const requeue = (tenantId: string, runId: string) =>
  requeueRun({ ...world, queue: runQueueRepository(world.engine) })(managerOf(tenantId), { run_id: runId });

async function facts(runId: string): Promise<unknown> {
  const { rows } = await world.admin.query(
    `select status, idle_claims, enqueue_no, (select count(*)::int from orchestrator.run_queue q where q.run_id = r.run_id) as queued
     from orchestrator.runs r where run_id = $1`,
    [runId],
  );
  return rows[0];
}

describe('requeueing a run', () => {
  it('makes one ready that waits for a person: counted as open again, its claims forgotten, a ticket out', async () => {
    const agent = await world.addAgent();
    const run = await world.waiting(agent, 'worker_crash_loop', null);
    await world.admin.query('update orchestrator.runs set idle_claims = 4 where run_id = $1', [run.runId]);
    expect(await world.counters(agent)).toMatchObject({ openRuns: 0 });
    expect(await requeue(agent.tenantId, run.runId)).toEqual({
      ok: true,
      value: { run_id: run.runId, status: 'queued', requeued: true },
    });
    expect(await world.counters(agent)).toMatchObject({ openRuns: 1 });
    expect(await facts(run.runId)).toEqual({ status: 'queued', idle_claims: 0, enqueue_no: 2, queued: 1 });
    expect(world.tickets.at(-1)).toEqual({ runId: run.runId, enqueueNo: 2 });
    expect(world.audited.at(-1)).toMatchObject({ action: 'run.requeue', target: run.runId });
    const claim = await world.claimed(await newWorker(world.store), run);
    expect(claim).toMatchObject({ idleClaims: 1, enqueueNo: 2 });
  });

  it('again, also at once, changes nothing more', async () => {
    const agent = await world.addAgent();
    const run = await world.waiting(agent, 'worker_crash_loop', null);
    const answers = await Promise.all([1, 2, 3].map(() => requeue(agent.tenantId, run.runId)));
    expect(answers.filter((answer) => answer.ok && answer.value.requeued)).toHaveLength(1);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(3);
    expect(await world.counters(agent)).toMatchObject({ openRuns: 1 });
    expect(await facts(run.runId)).toMatchObject({ enqueue_no: 2, queued: 1 });
  });

  it('mends one that fell out of the queue, without counting it twice', async () => {
    const agent = await world.addAgent();
    const run = await world.queued(agent);
    await world.admin.query('delete from orchestrator.run_queue where run_id = $1', [run.runId]);
    expect(await requeue(agent.tenantId, run.runId)).toMatchObject({ value: { requeued: true } });
    expect(await world.counters(agent)).toMatchObject({ openRuns: 1 });
    await world.claimed(await newWorker(world.store), run);
  });

  it('is refused with the reason where it is not called for', async () => {
    const agent = await world.addAgent();
    const timed = await world.waiting(agent, 'retry', new Date(Date.now() + 60_000).toISOString());
    expect(await requeue(agent.tenantId, timed.runId)).toMatchObject({
      error: { code: 'conflict', message: expect.stringContaining('waits for its time') },
    });
    const owned = await world.queued(agent);
    const workerId = await newWorker(world.store);
    await world.claimed(workerId, owned);
    expect(await requeue(agent.tenantId, owned.runId)).toMatchObject({
      error: { code: 'conflict', message: expect.stringContaining(workerId) },
    });
    await world.admin.query(
      "update orchestrator.runs set status = 'failed', worker_id = null where run_id = $1",
      [owned.runId],
    );
    expect(await requeue(agent.tenantId, owned.runId)).toMatchObject({ error: { code: 'conflict' } });
  });

  it('does not reach runs of other tenants', async () => {
    const agent = await world.addAgent();
    const run = await world.waiting(agent, 'worker_crash_loop', null);
    expect(await requeue('other', run.runId)).toMatchObject({ error: { code: 'not_found' } });
    expect(await facts(run.runId)).toMatchObject({ status: 'waiting', queued: 0 });
    const claims = await world.store.claim(await newWorker(world.store), 50, ENGINE_VERSION);
    expect(claims.map(({ runId }) => runId)).not.toContain(run.runId);
  });
});

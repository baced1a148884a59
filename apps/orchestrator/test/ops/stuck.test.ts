import type { InputOf, RequestContext, StuckRun, opsStuck } from '@aos/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listStuck } from '../../src/application/ops/list-stuck.ts';
import { silentRunsRepository } from '../../src/outbound/silent-runs.repository.ts';
import { tenantStandingsRepository } from '../../src/outbound/tenant-standings.repository.ts';
import { workersRepository } from '../../src/outbound/workers.repository.ts';
import { newWorker } from '../engine/store-world.ts';
import { managerOf, openOpsWorld, ownerOf, platform, type OpsWorld } from './ops-world.ts';

let world: OpsWorld;

beforeAll(async () => {
  world = await openOpsWorld();
});
afterAll(() => world.close());

async function stuck(context: RequestContext, more: Partial<InputOf<typeof opsStuck>> = {}) {
  const useCase = listStuck(silentRunsRepository(world.engine));
  const input = { limit: 50, older_than_seconds: 0, all_tenants: false, ...more };
  const outcome = await useCase(context, input);
  if (!outcome.ok) throw new Error(outcome.error.code);
  return outcome.value;
}

const brief = (runs: readonly StuckRun[]) => runs.map(({ run_id, reason }) => [run_id, reason]);

describe('runs that do not move', () => {
  it('are each told with the reason, oldest first, those that wait for their time left out', async () => {
    const agent = await world.addAgent();
    const soon = new Date(Date.now() + 60_000).toISOString();
    const past = new Date(Date.now() - 60_000).toISOString();
    const parked = await world.waiting(agent, 'unknown_outcome', null);
    await world.waiting(agent, 'retry', soon);
    const overdue = await world.waiting(agent, 'retry', past);
    const owned = await world.queued(agent);
    const workerId = await newWorker(world.store);
    await world.claimed(workerId, owned);
    const lost = await world.queued(agent);
    await world.admin.query('delete from orchestrator.run_queue where run_id = $1', [lost.runId]);
    const [first, second] = [await world.queued(agent), await world.queued(agent)];
    const { data } = await stuck(managerOf(agent.tenantId));
    expect(brief(data)).toEqual([
      [parked.runId, 'waiting_for_person'],
      [overdue.runId, 'timer_overdue'],
      [owned.runId, 'long_step'],
      [lost.runId, 'not_in_queue'],
      [first.runId, 'behind_in_lane'],
      [second.runId, 'behind_in_lane'],
    ]);
    expect(data.at(-1)?.detail).toContain('2 in the lane');
    expect(data[2]).toMatchObject({ worker_id: workerId, status: 'running', idle_claims: 1 });
    expect(data[0]).toMatchObject({ waiting_reason: 'unknown_outcome', next_attempt_at: null });
  });

  it('are told of a lease that has ended, a suspension, and workers that drain', async () => {
    const agent = await world.addAgent();
    const owned = await world.queued(agent);
    const workerId = await newWorker(world.store);
    await world.claimed(workerId, owned);
    await world.admin.query(
      "update orchestrator.workers set lease_until = now() - interval '1 hour' where worker_id = $1",
      [workerId],
    );
    const queued = await world.queued(agent);
    await world.admin.query('update orchestrator.workers set draining = true');
    expect(brief((await stuck(managerOf(agent.tenantId))).data)).toEqual([
      [owned.runId, 'lease_expired'],
      [queued.runId, 'no_worker'],
    ]);
    await tenantStandingsRepository(world.engine).suspend(agent.tenantId, undefined);
    expect(brief((await stuck(managerOf(agent.tenantId))).data)[1]).toEqual([
      queued.runId,
      'tenant_suspended',
    ]);
    await world.admin.query('update orchestrator.workers set draining = false');
  });

  it('count only once they have been silent for as long as asked', async () => {
    const agent = await world.addAgent();
    await world.queued(agent);
    expect((await stuck(managerOf(agent.tenantId), { older_than_seconds: 60 })).data).toEqual([]);
  });

  it('are read page by page', async () => {
    const agent = await world.addAgent();
    const runs = [await world.queued(agent), await world.queued(agent), await world.queued(agent)];
    const first = await stuck(managerOf(agent.tenantId), { limit: 2 });
    expect(first.next_cursor).toBe(runs[1]?.runId);
    const next = await stuck(managerOf(agent.tenantId), { limit: 2, cursor: first.next_cursor ?? '' });
    expect(next.data.map(({ run_id }) => run_id)).toEqual([runs[2]?.runId]);
    expect(next.next_cursor).toBeNull();
    await expect(stuck(managerOf(agent.tenantId), { cursor: 'none' })).rejects.toThrow('invalid_request');
  });

  it('of other tenants are shown to the platform alone, whatever the level', async () => {
    const [mine, other] = [await world.addAgent(), await world.addAgent()];
    const [own, foreign] = [await world.queued(mine), await world.queued(other)];
    const seen = await stuck(platform(), { all_tenants: true, limit: 200 });
    const ids = seen.data.map(({ run_id }) => run_id);
    expect(ids).toEqual(expect.arrayContaining([own.runId, foreign.runId]));
    const { data } = await stuck(managerOf(mine.tenantId));
    expect(data.map(({ run_id }) => run_id)).toEqual([own.runId]);
    await expect(stuck(ownerOf(mine.tenantId), { all_tenants: true })).rejects.toThrow(
      'authorization_denied',
    );
  });
});

describe('the workers as the platform sees them', () => {
  it('tell how old their lease is and what they own', async () => {
    const workerId = await newWorker(world.store);
    const agent = await world.addAgent();
    await world.claimed(workerId, await world.queued(agent));
    const found = (await workersRepository(world.engine).list()).find((one) => one.worker_id === workerId);
    expect(found).toMatchObject({ host: 'test', live: true, draining: false, slots: 5, runs_owned: 1 });
    expect(found?.lease_age_ms).toBeLessThan(5_000);
  });
});

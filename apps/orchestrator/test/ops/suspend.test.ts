import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resumeTenant, suspendTenant } from '../../src/application/ops/suspend-tenant.ts';
import { ENGINE_VERSION } from '../../src/domain/run/state.ts';
import { tenantStandingsRepository } from '../../src/outbound/tenant-standings.repository.ts';
import { workersRepository } from '../../src/outbound/workers.repository.ts';
import { newWorker, submission, type AgentPlace } from '../engine/store-world.ts';
import { openOpsWorld, ownerOf, platform, type OpsWorld } from './ops-world.ts';

let world: OpsWorld;

beforeAll(async () => {
  world = await openOpsWorld();
});
afterAll(() => world.close());

const parts = () => ({ standings: tenantStandingsRepository(world.engine), audit: world.audit });
const suspend = (tenant: string, reason?: string) =>
  suspendTenant(parts())(platform(), { tenant, ...(reason !== undefined && { reason }) });
const resume = (tenant: string) => resumeTenant(parts())(platform(), { tenant });

async function submitted({ tenantId, agentId, agentKey }: AgentPlace, more = {}) {
  const run = submission({ tenantId, agentId, agentKey }, more);
  const [result] = await (async () => {
    const results = await world.store.submit(await newWorker(world.store), 1, [run], 5);
    return results === 'fenced' ? [] : results;
  })();
  return result;
}

const claimable = async (): Promise<string[]> => {
  const workerId = await newWorker(world.store);
  const claims = await world.store.claim(workerId, 50, ENGINE_VERSION);
  for (const claim of claims) await world.store.handBack(workerId, claim, true);
  return claims.map(({ tenantId }) => tenantId);
};

describe('a suspended tenant', () => {
  it('has its goals refused and its queued runs left alone, until it is resumed', async () => {
    const agent = await world.addAgent();
    await world.queued(agent);
    expect(await suspend(agent.tenantId, 'unpaid')).toMatchObject({
      value: { tenant_id: agent.tenantId, suspended_at: expect.any(String), reason: 'unpaid' },
    });
    expect(await submitted(agent)).toMatchObject({ kind: 'refuse', error: { code: 'tenant_suspended' } });
    expect(await claimable()).toEqual([]);
    expect(await resume(agent.tenantId)).toMatchObject({ value: { suspended_at: null, reason: null } });
    expect(await claimable()).toEqual([agent.tenantId]);
    expect(await submitted(agent)).toMatchObject({ kind: 'admitted' });
    expect(world.audited.map(({ action }) => action)).toEqual(['tenant.suspend', 'tenant.resume']);
    await world.admin.query('delete from orchestrator.run_queue');
  });

  it('does not take shares of slots from those who work', async () => {
    const [idle, busy] = [await world.addAgent({ tenantId: 'a-idle' }), await world.addAgent()];
    await world.queued(idle);
    await world.queued(busy);
    await world.queued(busy);
    await suspend(idle.tenantId);
    const claims = await world.store.claim(await newWorker(world.store), 2, ENGINE_VERSION);
    expect(claims.map(({ tenantId }) => tenantId)).toEqual([busy.tenantId, busy.tenantId]);
    await world.admin.query('delete from orchestrator.run_queue');
  });

  it('is told its first run for a repeated key, as ever', async () => {
    const agent = await world.addAgent();
    await submitted(agent, { idempotencyKey: 'k' });
    await suspend(agent.tenantId);
    expect(await submitted(agent, { idempotencyKey: 'k' })).toMatchObject({ kind: 'repeated' });
    await world.admin.query('delete from orchestrator.run_queue');
  });

  it('that never worked, or is suspended already, can be suspended; the time stays, a reason replaces', async () => {
    const first = await suspend('never-seen');
    const second = await suspend('never-seen', 'why');
    const third = await suspend('never-seen');
    const since = first.ok ? first.value.suspended_at : null;
    expect([second, third]).toEqual([
      { ok: true, value: { tenant_id: 'never-seen', suspended_at: since, reason: 'why' } },
      { ok: true, value: { tenant_id: 'never-seen', suspended_at: since, reason: 'why' } },
    ]);
    const agent = await world.addAgent({ tenantId: 'never-seen' });
    expect(await submitted(agent)).toMatchObject({ kind: 'refuse', error: { code: 'tenant_suspended' } });
    expect(await resume('never-seen')).toMatchObject({ ok: true });
    expect(await resume('never-seen')).toMatchObject({ ok: true });
    expect(await resume('unheard-of')).toMatchObject({ ok: true, value: { suspended_at: null } });
  });

  it('has its runs in slots told to their owners', async () => {
    const [agent, other] = [await world.addAgent(), await world.addAgent()];
    const workerId = await newWorker(world.store);
    await world.claimed(workerId, await world.queued(agent));
    await world.claimed(workerId, await world.queued(other));
    await suspend(agent.tenantId);
    const orders = await workersRepository(world.engine).orders(workerId);
    expect(orders).toEqual({ isDraining: false, suspendedTenants: [agent.tenantId] });
  });

  it('is a matter of the platform: an owner of a tenant may not, not even his own', async () => {
    const refused = { ok: false, error: { code: 'authorization_denied' } };
    expect(await suspendTenant(parts())(ownerOf('acme'), { tenant: 'acme' })).toMatchObject(refused);
    expect(await resumeTenant(parts())(ownerOf('acme'), { tenant: 'acme' })).toMatchObject(refused);
    const { rows } = await world.admin.query("select 1 from orchestrator.lanes where tenant_id = 'acme'");
    expect(rows).toEqual([]);
  });
});

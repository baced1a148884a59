import { succeed } from '@aos/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FakeOrchestrator } from './fake-orchestrator.ts';
import { call } from './requests.ts';
import { ID, OUTPUTS } from './samples.ts';
import type { Gateway } from './start-gateway.ts';
import { startSurroundings, type Surroundings } from './surroundings.ts';

let surroundings: Surroundings;
let gateway: Gateway;
let orchestrator: FakeOrchestrator;

beforeAll(async () => {
  surroundings = await startSurroundings();
  orchestrator = surroundings.orchestrator;
  gateway = await surroundings.gateway();
}, 120_000);

afterAll(() => surroundings.stop());

beforeEach(() => {
  orchestrator.received.length = 0;
  orchestrator.respondWith(async ({ subject }) => succeed(OUTPUTS[subject]));
});

async function keyOf(level: number): Promise<string> {
  const created = await call(gateway.url, 'POST /api/v1/admin/api-keys', {
    body: { name: `level ${level}`, level },
    headers: { 'x-tenant-id': 'acme' },
  });
  return String(created.body['api_key']);
}

describe('who operates', () => {
  it('as the platform is told from an owner of one tenant', async () => {
    const owner = await keyOf(5);
    await call(gateway.url, 'GET /api/v1/admin/workers');
    await call(gateway.url, 'GET /api/v1/admin/workers', { key: owner });
    const [platform, tenant] = orchestrator.received.map(({ context }) => context.actor);
    expect(platform).toMatchObject({ level: 5, isForAllTenants: true });
    expect(tenant).toMatchObject({ level: 5 });
    expect(tenant).not.toHaveProperty('isForAllTenants');
  });

  it('needs level 4 for runs of the tenant and level 5 for what concerns all', async () => {
    const [member, manager] = [await keyOf(3), await keyOf(4)];
    const stuck = 'GET /api/v1/admin/runs/stuck';
    expect(await call(gateway.url, stuck, { key: member })).toMatchObject({ status: 403 });
    expect(await call(gateway.url, stuck, { key: manager })).toMatchObject({ status: 200 });
    const suspend = 'POST /api/v1/admin/tenants/globex/suspend';
    expect(await call(gateway.url, suspend, { key: manager })).toMatchObject({ status: 403 });
    expect(orchestrator.received).toHaveLength(1);
  });
});

describe('what is asked of operators', () => {
  it('reaches the owner as numbers, truths and words', async () => {
    await call(gateway.url, 'GET /api/v1/admin/runs/stuck?older_than_seconds=60&all_tenants=true&limit=5');
    await call(gateway.url, 'GET /api/v1/admin/dead-letters/12');
    await call(gateway.url, 'DELETE /api/v1/admin/dead-letters/12');
    await call(gateway.url, 'POST /api/v1/admin/tenants/globex/suspend', { body: { reason: 'unpaid' } });
    await call(gateway.url, 'POST /api/v1/admin/tenants/globex/resume');
    await call(gateway.url, `POST /api/v1/admin/workers/${ID}/drain`);
    await call(gateway.url, 'POST /api/v1/runs/bulk', { body: { action: 'cancel', filter: {} } });
    expect(orchestrator.received.map(({ input }) => input)).toEqual([
      { older_than_seconds: 60, all_tenants: true, limit: 5 },
      { sequence: 12 },
      { sequence: 12 },
      { tenant: 'globex', reason: 'unpaid' },
      { tenant: 'globex' },
      { worker_id: ID },
      { action: 'cancel', filter: {}, dry_run: false, limit: 100 },
    ]);
  });

  it.each(['x', '0', '-1', '1.5'])('is refused where the number of a dead letter is %s', async (number) => {
    const answer = await call(gateway.url, `GET /api/v1/admin/dead-letters/${number}`);
    expect(answer).toMatchObject({ status: 400, body: { details: { issues: [{ field: '/sequence' }] } } });
    expect(orchestrator.received).toEqual([]);
  });
});

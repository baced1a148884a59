import { randomBytes, randomUUID } from 'node:crypto';
import { testPostgres, type TestDatabase } from '@aos/testing';
import { createLogger } from '@aos/telemetry';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gatewayDatabase, type GatewayDatabase } from '../src/gateway.ts';
import { createPool, type Pool } from '../src/index.ts';
import { orchestratorDatabase, type OrchestratorDatabase } from '../src/orchestrator.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const DENIED_BY_POLICY = /row-level security/;
const DENIED_BY_GRANT = /permission denied/;

let server: TestDatabase;
let orchestrator: OrchestratorDatabase;
let gateway: GatewayDatabase;
let app: Pool;
let engine: Pool;
let settingsOfKeys: () => Promise<unknown>;

const SETTINGS = `select current_setting('app.tenant_id', true) as tenant, current_setting('app.key_hash', true) as hash`;

beforeAll(async () => {
  server = await testPostgres();
  // One connection each, so that what follows a transaction is on the same one.
  app = createPool({ url: server.appUrl, applicationName: 'test', max: 1, logger });
  orchestrator = orchestratorDatabase(app);
  const keys = createPool({ url: server.appUrl, applicationName: 'test', max: 1, logger });
  gateway = gatewayDatabase(keys);
  settingsOfKeys = async () => (await keys.query(SETTINGS)).rows[0];
  engine = createPool({ url: server.systemUrl, applicationName: 'test', max: 1, logger });
});

afterAll(async () => {
  await Promise.all([orchestrator.close(), gateway.close(), engine.end()]);
  await server.close();
});

const agentOf = (tenantId: string, agentId = randomUUID()) => ({
  tenantId,
  agentId,
  version: 1,
  spec: { instructions: '' },
  name: `of ${tenantId}`,
});

const keyOf = (tenantId: string, keyHash = randomBytes(32)) => ({
  keyId: randomUUID(),
  tenantId,
  name: 'k',
  level: 3,
  keyHash: Uint8Array.from(keyHash),
  lastFour: 'abcd',
});

async function newAgent(tenantId: string): Promise<string> {
  const agent = agentOf(tenantId);
  await orchestrator.transaction(tenantId, async (tx) => {
    await tx.agent.create({ data: agent });
    await tx.agentBudget.create({
      data: { tenantId, agentId: agent.agentId, budgetMicrocents: 5n, maxConcurrentRuns: 5 },
    });
  });
  return agent.agentId;
}

describe('a tenant transaction', () => {
  it('reads and writes the rows of its own tenant', async () => {
    const agentId = await newAgent('own');
    await orchestrator.transaction('own', (tx) =>
      tx.agent.update({ where: { tenantId_agentId: { tenantId: 'own', agentId } }, data: { name: 'new' } }),
    );
    const agents = await orchestrator.transaction('own', (tx) => tx.agent.findMany());
    expect(agents).toEqual([expect.objectContaining({ agentId, name: 'new' })]);
  });

  it('does not see rows of another tenant, asked for by id or not at all', async () => {
    const agentId = await newAgent('theirs');
    const seen = await orchestrator.transaction('mine', async (tx) => [
      ...(await tx.agent.findMany()),
      ...(await tx.agentBudget.findMany()),
      await tx.agent.findUnique({ where: { tenantId_agentId: { tenantId: 'theirs', agentId } } }),
    ]);
    expect(seen).toEqual([null]);
  });

  it('cannot insert a row of another tenant', async () => {
    const insert = orchestrator.transaction('mine', (tx) => tx.agent.create({ data: agentOf('theirs') }));
    await expect(insert).rejects.toThrow(DENIED_BY_POLICY);
    const key = gateway.transaction('mine', (tx) => tx.apiKey.create({ data: keyOf('theirs') }));
    await expect(key).rejects.toThrow(DENIED_BY_POLICY);
  });

  it('cannot change a row of another tenant', async () => {
    const agentId = await newAgent('theirs');
    const changed = await orchestrator.transaction('mine', (tx) =>
      tx.agent.updateMany({ where: { agentId }, data: { name: 'stolen' } }),
    );
    expect(changed.count).toBe(0);
  });

  it('cannot delete rows, its own neither', async () => {
    await newAgent('theirs');
    const remove = orchestrator.transaction('theirs', (tx) => tx.agent.deleteMany());
    await expect(remove).rejects.toThrow(DENIED_BY_GRANT);
  });

  it('cannot give a row to another tenant', async () => {
    const agentId = await newAgent('own');
    const give = orchestrator.transaction('own', (tx) =>
      tx.agent.updateMany({ where: { agentId }, data: { tenantId: 'theirs' } }),
    );
    await expect(give).rejects.toThrow(DENIED_BY_GRANT);
  });

  it('cannot touch the counters of the engine', async () => {
    const agentId = await newAgent('own');
    const spend = orchestrator.transaction('own', (tx) =>
      tx.agentBudget.updateMany({ where: { agentId }, data: { spentMicrocents: 0n } }),
    );
    await expect(spend).rejects.toThrow(DENIED_BY_GRANT);
  });

  it('leaves nothing behind when its work fails', async () => {
    const agent = agentOf('own');
    const failing = orchestrator.transaction('own', async (tx) => {
      await tx.agent.create({ data: agent });
      throw new Error('after the insert');
    });
    await expect(failing).rejects.toThrow('after the insert');
    const found = await orchestrator.transaction('own', (tx) =>
      tx.agent.findMany({ where: { agentId: agent.agentId } }),
    );
    expect(found).toEqual([]);
  });
});

describe('outside a tenant transaction', () => {
  it('nothing is seen', async () => {
    await newAgent('someone');
    const { rows } = await app.query(
      'select tenant_id from orchestrator.agents union all select tenant_id from gateway.api_keys',
    );
    expect(rows).toEqual([]);
  });

  it('nothing is written', async () => {
    const insert = app.query(
      `insert into orchestrator.agents (tenant_id, agent_id, version, spec, name) values ('', $1, 1, '{}', 'x')`,
      [randomUUID()],
    );
    await expect(insert).rejects.toThrow(DENIED_BY_POLICY);
    expect(await app.query(`update orchestrator.agents set name = 'x'`)).toMatchObject({ rowCount: 0 });
  });
});

describe('the setting of the tenant', () => {
  it('ends with the transaction', async () => {
    await newAgent('before');
    expect(await orchestrator.transaction('before', (tx) => tx.agent.count())).toBe(1);
    expect((await app.query('select from orchestrator.agents')).rowCount).toBe(0);
    expect(await orchestrator.transaction('after', (tx) => tx.agent.count())).toBe(0);
  });

  it('ends with a transaction that failed, in the database or in the work, and the connection serves on', async () => {
    await newAgent('failing');
    const inDatabase = orchestrator.transaction('failing', (tx) => tx.$queryRaw`select 1 / 0`);
    await expect(inDatabase).rejects.toThrow('division by zero');
    expect((await app.query('select from orchestrator.agents')).rowCount).toBe(0);
    const inWork = orchestrator.transaction('failing', () => Promise.reject(new Error('of the caller')));
    await expect(inWork).rejects.toThrow('of the caller');
    expect((await app.query('select from orchestrator.agents')).rowCount).toBe(0);
    expect(await orchestrator.transaction('failing', (tx) => tx.agent.count())).toBe(1);
  });

  it('is of the transaction that set it when many run at once', async () => {
    const tenants = ['t1', 't2', 't3', 't4', 't5'];
    const pool = createPool({ url: server.appUrl, applicationName: 'test', max: 3, logger });
    const database = orchestratorDatabase(pool);
    const setting = (tenant: string) =>
      database.transaction(tenant, (tx) => tx.$queryRaw`select current_setting('app.tenant_id') as tenant`);
    expect(await Promise.all(tenants.map(setting))).toEqual(tenants.map((tenant) => [{ tenant }]));
    await database.close();
  });
});

describe('the look-up of a key by its hash', () => {
  const hash = randomBytes(32);

  beforeAll(async () => {
    for (const tenantId of ['first', 'second']) {
      await gateway.transaction(tenantId, async (tx) => {
        await tx.tenant.create({ data: { tenantId, name: tenantId } });
        await tx.apiKey.create({ data: keyOf(tenantId) });
      });
    }
    await gateway.transaction('second', (tx) => tx.apiKey.create({ data: keyOf('second', hash) }));
  });

  it('finds the key of a tenant nobody named', async () => {
    expect(await gateway.lookupByKeyHash(hash)).toMatchObject({ tenantId: 'second', level: 3 });
  });

  it('finds nothing for a hash that is no key', async () => {
    expect(await gateway.lookupByKeyHash(randomBytes(32))).toBeNull();
    expect(await gateway.lookupByKeyHash(Buffer.alloc(0))).toBeNull();
  });

  it('ends with the look-up', async () => {
    await gateway.lookupByKeyHash(hash);
    expect(await settingsOfKeys()).toEqual({ tenant: '', hash: '' });
  });

  it('shows exactly that row and may not change it', async () => {
    const connection = await app.connect();
    try {
      await connection.query('begin');
      await connection.query(`select set_config('app.key_hash', $1, true)`, [hash.toString('hex')]);
      const { rows } = await connection.query('select tenant_id, key_hash from gateway.api_keys');
      expect(rows).toEqual([{ tenant_id: 'second', key_hash: hash }]);
      const { rowCount } = await connection.query('update gateway.api_keys set revoked_at = now()');
      expect(rowCount).toBe(0);
    } finally {
      await connection.query('rollback');
      connection.release();
    }
  });
});

describe('the engine', () => {
  it('sees the budgets of all tenants and settles them', async () => {
    const agents = [await newAgent('one'), await newAgent('two')];
    const { rowCount } = await engine.query(
      'update orchestrator.agent_budgets set spent_microcents = 1 where agent_id = any($1)',
      [agents],
    );
    expect(rowCount).toBe(2);
  });

  it('cannot write agents nor reach the schema of the gateway', async () => {
    await expect(engine.query(`update orchestrator.agents set name = 'x'`)).rejects.toThrow(DENIED_BY_GRANT);
    await expect(engine.query('select from gateway.api_keys')).rejects.toThrow(DENIED_BY_GRANT);
  });
});

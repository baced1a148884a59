import { cpSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, migrate, type Pool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { testPostgres, type TestDatabase } from '@aos/testing';
import { v7 as newId } from 'uuid';
import { updateAgent } from '../../src/application/update-agent.ts';
import { agentVersionsRepository } from '../../src/outbound/agent-versions.repository.ts';
import { newTenant, limits, startAgents, type AgentsHarness } from './agents-harness.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const MIGRATIONS = join(import.meta.dirname, '../../../../migrations/orchestrator');

const open = (url: string): Pool => createPool({ url, applicationName: 'test', max: 2, logger });

/** The migrations of the orchestrator up to a number. */
function migrationsUpTo(last: number): string {
  const directory = mkdtempSync(join(tmpdir(), 'aos-migrations-'));
  for (const file of readdirSync(MIGRATIONS).filter((name) => Number(name.slice(0, 3)) <= last))
    cpSync(join(MIGRATIONS, file), join(directory, 'orchestrator', file));
  return directory;
}

describe('an agent as it was', () => {
  let harness: AgentsHarness;
  let engine: Pool;
  beforeAll(async () => {
    harness = await startAgents();
    engine = open(harness.systemUrl);
  });
  afterAll(async () => {
    await engine.end();
    await harness.close();
  });

  it('is found by its version, whatever became of it', async () => {
    const context = newTenant();
    const { tenantId } = context;
    const created = await harness.created(context, { instructions: 'first', skills: ['http_call'] });
    const agentId = created.agent_id;
    const change = updateAgent(harness.agents, harness.skills, limits);
    await change(context, { agent_id: agentId, instructions: 'second', model: 'claude-x' });
    await harness.agents.delete(tenantId, agentId);
    const versions = agentVersionsRepository(engine);
    expect(await versions.find({ tenantId, agentId }, 1)).toEqual({
      ok: true,
      value: { instructions: 'first', skills: ['http_call'], model: null },
    });
    expect(await versions.find({ tenantId, agentId }, 2)).toMatchObject({
      value: { instructions: 'second', skills: ['http_call'], model: 'claude-x' },
    });
  });

  it('is as it is now where its version was not kept', async () => {
    const context = newTenant();
    const { tenantId } = context;
    const { agent_id: agentId } = await harness.created(context, { instructions: 'now' });
    await harness.admin.query('delete from orchestrator.agent_versions where agent_id = $1', [agentId]);
    const versions = agentVersionsRepository(engine);
    expect(await versions.find({ tenantId, agentId }, 1)).toMatchObject({ value: { instructions: 'now' } });
  });

  it('is not found by another tenant', async () => {
    const { agent_id: agentId } = await harness.created(newTenant());
    const versions = agentVersionsRepository(engine);
    expect(await versions.find({ tenantId: 'elsewhere', agentId }, 1)).toMatchObject({
      error: { code: 'not_found' },
    });
  });

  it('is a failure to be repeated while the database is away', async () => {
    const away = open('postgres://aos_engine:x@127.0.0.1:1/aos');
    const outcome = await agentVersionsRepository(away).find({ tenantId: 't', agentId: newId() }, 1);
    expect(outcome).toMatchObject({ error: { code: 'unavailable', retryable: true } });
    await away.end();
  });
});

describe('agents from before versions were kept', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testPostgres({ migrated: false });
  });
  afterAll(() => database.close());

  it('are kept as they are when the database is brought up to date', async () => {
    const agentId = newId();
    await migrate({ ...database, logger, directory: migrationsUpTo(2) });
    const admin = open(database.adminUrl);
    await admin.query(
      `insert into orchestrator.agents (tenant_id, agent_id, version, spec, name)
       values ('acme', $1, 4, '{"instructions": "old", "skills": []}', 'Ada')`,
      [agentId],
    );
    await migrate({ ...database, logger, directory: migrationsUpTo(3) });
    const { rows } = await admin.query(
      'select tenant_id, agent_id, version, spec from orchestrator.agent_versions',
    );
    expect(rows).toEqual([
      { tenant_id: 'acme', agent_id: agentId, version: 4, spec: { instructions: 'old', skills: [] } },
    ]);
    const forced = await admin.query(
      `select relname from pg_class where relforcerowsecurity and relname in ('agents', 'agent_versions')`,
    );
    expect(forced.rows).toHaveLength(2);
    await admin.end();
  });
});

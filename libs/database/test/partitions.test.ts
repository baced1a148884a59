import { testPostgres, type TestDatabase } from '@aos/testing';
import { createLogger } from '@aos/telemetry';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, type Pool } from '../src/index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
let server: TestDatabase;
let app: Pool;
let owner: Pool;

beforeAll(async () => {
  server = await testPostgres();
  app = createPool({ url: server.appUrl, applicationName: 'test', max: 1, logger });
  owner = createPool({ url: server.directUrl, applicationName: 'test', max: 1, logger });
});

afterAll(async () => {
  await Promise.all([app.end(), owner.end()]);
  await server.close();
});

interface Partition {
  name: string;
}

async function partitions(): Promise<string[]> {
  const { rows } = await owner.query<Partition>(
    `select inhrelid::regclass::text as name from pg_inherits join pg_class c on c.oid = inhrelid where c.relkind = 'r'`,
  );
  return rows.map(({ name }) => name);
}

describe('a partition', () => {
  it('lets neither login in past the policy of its parent', async () => {
    const names = await partitions();
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      await expect(app.query(`select from ${name}`)).rejects.toThrow('permission denied');
      await expect(app.query(`delete from ${name}`)).rejects.toThrow('permission denied');
    }
  });

  it('made later does not either, while its parent shows only rows of the tenant', async () => {
    await owner.query(`
      create table orchestrator.probe (tenant_id text, day date, primary key (tenant_id, day)) partition by range (day);
      alter table orchestrator.probe enable row level security;
      alter table orchestrator.probe force row level security;
      create policy tenant on orchestrator.probe to aos_app
        using (tenant_id = nullif(current_setting('app.tenant_id', true), ''));
      grant all on orchestrator.probe to aos_app;
      create table orchestrator.probe_late partition of orchestrator.probe default;
      alter table orchestrator.probe no force row level security;
      insert into orchestrator.probe values ('a', '2026-01-01'), ('b', '2026-01-01');
      alter table orchestrator.probe force row level security;`);
    const connection = await app.connect();
    try {
      await connection.query('begin');
      await connection.query(`select set_config('app.tenant_id', 'a', true)`);
      expect((await connection.query('select * from orchestrator.probe')).rows).toEqual([
        { tenant_id: 'a', day: '2026-01-01' },
      ]);
      expect((await connection.query('delete from orchestrator.probe')).rowCount).toBe(1);
      await expect(connection.query('select from orchestrator.probe_late')).rejects.toThrow(
        'permission denied',
      );
    } finally {
      await connection.query('rollback');
      connection.release();
    }
    expect((await app.query('select from orchestrator.probe')).rowCount).toBe(0);
  });
});

describe('every table with a tenant', () => {
  it('has row security, forced also on its owner', async () => {
    const { rows } = await owner.query(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where n.nspname in ('gateway', 'orchestrator') and c.relkind in ('r', 'p') and not c.relispartition
         and not (c.relrowsecurity and c.relforcerowsecurity)`,
    );
    expect(rows).toEqual([]);
  });
});

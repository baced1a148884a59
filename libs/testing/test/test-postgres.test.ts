import { createPool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { describe, expect, it } from '@jest/globals';
import { testPostgres } from '@aos/testing';

const logger = createLogger({ service: 'test', level: 'error' });

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const pool = createPool({ url, applicationName: 'test', max: 1, logger });
  try {
    return (await pool.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await pool.end();
  }
}

describe('a test database', () => {
  it('is migrated, its own, and gone after close', async () => {
    const [first, second] = await Promise.all([testPostgres(), testPostgres()]);
    expect(first.directUrl).not.toBe(second.directUrl);
    await ask(first.directUrl, 'create table only_here ()');
    await expect(ask(second.directUrl, 'table only_here')).rejects.toThrow('does not exist');
    expect(await ask(first.appUrl, 'select current_user as name')).toEqual([{ name: 'aos_app' }]);
    expect(await ask(first.systemUrl, 'select current_user as name')).toEqual([{ name: 'aos_engine' }]);
    await Promise.all([first.close(), second.close()]);
    await expect(ask(first.directUrl, 'select 1')).rejects.toThrow('does not exist');
  });

  it('has an owner that is no superuser, as in production', async () => {
    const database = await testPostgres({ migrated: false });
    const sql = 'select rolsuper, rolbypassrls from pg_roles where rolname = current_user';
    expect(await ask(database.directUrl, sql)).toEqual([{ rolsuper: false, rolbypassrls: false }]);
    await database.close();
  });
});

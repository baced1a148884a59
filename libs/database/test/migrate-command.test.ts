import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { testPostgres, type TestDatabase } from '@aos/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const COMMAND = fileURLToPath(new URL('../dist/migrate-command.js', import.meta.url));

let database: TestDatabase;
beforeEach(async () => {
  database = await testPostgres({ migrated: false });
});
afterEach(() => database.close());

interface Ended {
  code: number;
  log: string;
}

/** The command as it runs before a release. */
function runMigrate(urls: Record<string, string>): Promise<Ended> {
  const env = { PATH: process.env['PATH'], NODE_V8_COVERAGE: process.env['NODE_V8_COVERAGE'], ...urls };
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, log: `${stdout}${stderr}` });
    });
  });
}

describe('the migrate command', () => {
  it('brings a database up to date and ends with 0, also when there is nothing to do', async () => {
    const { directUrl, appUrl, systemUrl } = database;
    const urls = { DATABASE_DIRECT_URL: directUrl, DATABASE_URL: appUrl, DATABASE_SYSTEM_URL: systemUrl };
    expect(await runMigrate(urls)).toMatchObject({ code: 0 });
    expect(await runMigrate(urls)).toMatchObject({ code: 0 });
  });

  it('ends with 2 and names the settings when one is missing', async () => {
    const { code, log } = await runMigrate({ DATABASE_URL: database.appUrl });
    expect(code).toBe(2);
    expect(log).toContain('DATABASE_DIRECT_URL');
  });

  it('ends with 1 and says why when it fails, without a password in its log', async () => {
    const gone = 'postgres://aos_owner:hidden-password@127.0.0.1:1/aos';
    const urls = { DATABASE_DIRECT_URL: gone, DATABASE_URL: gone, DATABASE_SYSTEM_URL: gone };
    const { code, log } = await runMigrate(urls);
    expect(code).toBe(1);
    expect(log).toContain('the migration failed');
    expect(log).not.toContain('hidden-password');
  });
});

import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  dropDatabase,
  ensureDatabase,
  migrateDatabase,
  startPostgres,
  withLock,
  type DatabaseUrls,
} from '@aos/tooling';
import { say, testRunFolder } from './test-run.ts';

const PASSWORDS = { aos_owner: 'local-owner', aos_app: 'local-app', aos_engine: 'local-engine' };
const TEMPLATE = 'aos_template';

export interface TestDatabase extends DatabaseUrls {
  /** A superuser's URL of the same database, for looking past row security. */
  adminUrl: string;
  /** Drops the database. */
  close(): Promise<void>;
}

interface TestPostgresOptions {
  /** Default true; else the database is empty. */
  migrated?: boolean;
}

/** A fresh database, on a server without fsync that the test files of a jest run share. */
export async function testPostgres({ migrated = true }: TestPostgresOptions = {}): Promise<TestDatabase> {
  const folder = testRunFolder();
  return withLock(join(folder, 'postgres.lock'), async () => {
    const serverUrl = await sharedServer(folder);
    const name = `test_${randomUUID().replaceAll('-', '')}`;
    const urls = await ensureDatabase({
      adminUrl: serverUrl,
      name,
      passwords: PASSWORDS,
      ...(migrated && { template: await migratedTemplate(folder, serverUrl) }),
    });
    const adminUrl = serverUrl.replace(/[^/]+$/, name);
    return { ...urls, adminUrl, close: () => dropDatabase(serverUrl, name) };
  });
}

async function sharedServer(folder: string): Promise<string> {
  const file = join(folder, 'postgres.url');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const { adminUrl } = await startPostgres({
    dataDir: join(folder, 'postgres'),
    durability: 'fast',
    log: say,
  });
  writeFileSync(file, adminUrl);
  return adminUrl;
}

/** Migrated once a run: copying a database takes a fraction of the time. */
async function migratedTemplate(folder: string, adminUrl: string): Promise<string> {
  const mark = join(folder, 'postgres.migrated');
  if (existsSync(mark)) return TEMPLATE;
  await migrateDatabase(await ensureDatabase({ adminUrl, name: TEMPLATE, passwords: PASSWORDS }));
  writeFileSync(mark, '');
  return TEMPLATE;
}

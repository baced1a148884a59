import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testPostgres, type TestDatabase } from '@aos/testing';
import { createLogger } from '@aos/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPool, migrate, type Pool } from '../src/index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const REPOSITORY_MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));

let server: TestDatabase;
let owner: Pool;
let directory: string;

beforeEach(async () => {
  server = await testPostgres({ migrated: false });
  owner = createPool({ url: server.directUrl, applicationName: 'test', max: 1, logger });
  // A clone may lie under any name.
  directory = join(await mkdtemp(join(tmpdir(), 'aos [1] (copy) {x}-')), 'migrations');
  await cp(REPOSITORY_MIGRATIONS, directory, { recursive: true });
});

afterEach(async () => {
  await owner.end();
  await server.close();
  await rm(join(directory, '..'), { recursive: true });
});

const run = () => migrate({ ...server, logger, directory });

describe('migrate', () => {
  it('applies every file of every schema once, however often it runs', async () => {
    const { applied } = await run();
    expect(applied).toEqual(
      expect.arrayContaining(['gateway/001.do.tenants_and_api_keys.sql', 'orchestrator/001.do.agents.sql']),
    );
    expect(await run()).toEqual({ applied: [] });
  });

  it('is safe several times at once: each file is applied by one of them', async () => {
    const runs = await Promise.all([run(), run(), run()]);
    const applied = runs.flatMap((result) => result.applied);
    expect(applied.length).toBeGreaterThan(0);
    expect(new Set(applied).size).toBe(applied.length);
  });

  it('refuses an applied file that was edited, by its name', async () => {
    await run();
    await appendFile(join(directory, 'orchestrator/001.do.agents.sql'), '\n-- edited\n');
    await expect(run()).rejects.toThrow(/^migration orchestrator\/001\.do\.agents\.sql: .*was edited/);
  });

  it('leaves nothing of a schema whose last file fails, and names the file', async () => {
    await mkdir(join(directory, 'broken'));
    await writeFile(join(directory, 'broken/001.do.first.sql'), 'create table broken.first (id int);');
    await writeFile(join(directory, 'broken/002.do.second.sql'), 'create table broken.second (id nonsense);');
    await expect(run()).rejects.toThrow(/^migration broken\/002\.do\.second\.sql: .*nonsense/);
    expect((await owner.query(`select from pg_namespace where nspname = 'broken'`)).rowCount).toBe(0);
  });

  it('refuses a file numbered below one that is applied', async () => {
    await mkdir(join(directory, 'gaps'));
    await writeFile(join(directory, 'gaps/002.do.second.sql'), 'create table gaps.second (id int);');
    await run();
    await writeFile(join(directory, 'gaps/001.do.first.sql'), 'create table gaps.first (id int);');
    await expect(run()).rejects.toThrow(/001\.do\.first\.sql comes too late/);
  });
});

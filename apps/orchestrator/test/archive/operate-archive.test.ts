import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestContext } from '@aos/contracts';
import { createPool, type Pool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ArchiveDays } from '../../src/application/archive/archive-ledger.ts';
import type { ArchiveStore } from '../../src/application/archive/archive-store.ts';
import { listArchive, runArchive } from '../../src/application/ops/list-archive.ts';
import { verifyArchive } from '../../src/application/ops/verify-archive.ts';
import { archiveDaysRepository } from '../../src/outbound/archive/archive-days.repository.ts';
import { localArchiveStore } from '../../src/outbound/archive/local-archive-store.ts';
import { newFolder, openArchiveWorld, type ArchiveWorld } from './archive-world.ts';

const [OLD, YOUNG] = ['2001-05-10', '2001-05-13'];
const AT_OFFLOAD = '2001-05-14';
const AT_DROP = '2001-05-18';
const CONTEXT: RequestContext = {
  tenantId: 'default',
  actor: { id: 'key:platform', level: 5, isForAllTenants: true },
  requestId: 'r',
  deadlineMs: Date.now() + 60_000,
  traceparent: '',
  signal: new AbortController().signal,
};
const OF_A_TENANT: RequestContext = { ...CONTEXT, actor: { id: 'key:1', level: 5 } };

let world: ArchiveWorld;
let pool: Pool;
let days: ArchiveDays;
let root: string;
let store: ArchiveStore;

beforeEach(async () => {
  world = await openArchiveWorld();
  const logger = createLogger({ service: 'test', level: 'silent' });
  pool = createPool({ url: world.systemUrl, applicationName: 'test', max: 2, logger });
  days = archiveDaysRepository(pool);
  root = newFolder();
  store = localArchiveStore(root);
  await world.addPartition(OLD);
  await world.addRuns(OLD, 2, { events: 5 });
  await world.addRuns(YOUNG, 1);
});
afterEach(async () => {
  await pool.end();
  await world.close();
  await rm(root, { recursive: true });
});

const list = (limit = 10, cursor?: string) => listArchive(days)(CONTEXT, { limit, cursor });
const verify = (day: string) => verifyArchive({ days, store })(CONTEXT, { run_day: day });
const archived = () => world.archivist({ store, today: AT_OFFLOAD }).pass();

describe('the list of days', () => {
  it('shows how far each has come, the latest first', async () => {
    expect(await list()).toMatchObject({
      value: {
        data: [
          { run_day: YOUNG, status: 'kept', bytes: null, updated_at: null },
          { run_day: OLD, status: 'kept' },
        ],
        next_cursor: null,
      },
    });
    await archived();
    const facts = { runs: 2, events: 10, bytes: expect.any(Number), sha256: expect.any(String) };
    expect(await list(1, YOUNG)).toMatchObject({
      value: { data: [{ run_day: OLD, status: 'verified', ...facts, reason: null }], next_cursor: OLD },
    });
    await world.archivist({ store, today: AT_DROP, retention: { keepRunsDays: 1000 } }).pass();
    expect(await list(10, YOUNG)).toMatchObject({
      value: { data: [{ run_day: OLD, status: 'dropped', dropped_at: expect.any(String), ...facts }] },
    });
  });

  it('says what is in the way of a day', async () => {
    await world.addRuns(OLD, 1, { isEnded: false });
    await archived();
    expect(await list(10, YOUNG)).toMatchObject({
      value: { data: [{ status: 'waiting', reason: expect.stringContaining('not ended') }] },
    });
  });

  it('is refused a cursor that is no day, and to whoever is not the platform', async () => {
    expect(await list(10, 'nonsense')).toMatchObject({ error: { code: 'invalid_request' } });
    const refused = { error: { code: 'authorization_denied' } };
    expect(await listArchive(days)(OF_A_TENANT, { limit: 1 })).toMatchObject(refused);
    const parts = { days, look: () => undefined, audit: () => undefined };
    expect(await runArchive(parts)(OF_A_TENANT)).toMatchObject(refused);
    expect(await verifyArchive({ days, store })(OF_A_TENANT, { run_day: OLD })).toMatchObject(refused);
  });
});

describe('archiving now', () => {
  it('tries again what was out of retries, and is written down', async () => {
    const broken = { ...store, write: () => Promise.reject(new Error('the disk is full')) };
    await world.archivist({ store: broken, today: AT_OFFLOAD, retention: { maxRetries: 0 } }).pass();
    expect(await list(10, YOUNG)).toMatchObject({
      value: { data: [{ status: 'failed', reason: expect.stringContaining('the disk is full') }] },
    });
    await archived();
    expect(await days.find(OLD)).toMatchObject({ status: 'failed' });
    const told: string[] = [];
    const audit = (_context: RequestContext, { action }: { action: string }): void => void told.push(action);
    const begun = await runArchive({ days, look: () => told.push('looked'), audit })(CONTEXT);
    expect(begun).toEqual({ ok: true, value: { tried_again: 1 } });
    expect(told).toEqual(['archive.run', 'looked']);
    await archived();
    expect(await days.find(OLD)).toMatchObject({ status: 'verified', reason: null });
  });
});

describe('verifying a day', () => {
  it('reads the archive to the last event', async () => {
    await archived();
    expect(await verify(OLD)).toMatchObject({ value: { intact: true, detail: null, runs: 2, events: 10 } });
  });

  it('says what is wrong with one that was changed, cut or taken away', async () => {
    await archived();
    const file = join(root, `archive/${OLD}.ndjson.gz`);
    await appendFile(file, 'x');
    expect(await verify(OLD)).toMatchObject({ value: { intact: false, detail: expect.any(String) } });
    await rm(file);
    expect(await verify(OLD)).toMatchObject({
      value: { intact: false, detail: 'it is not where archives are kept', bytes: null },
    });
  });

  it('has nothing to compare where nothing was archived', async () => {
    expect(await verify(YOUNG)).toMatchObject({ error: { code: 'not_found' } });
    expect(await verify('1999-01-01')).toMatchObject({ error: { code: 'not_found' } });
  });
});

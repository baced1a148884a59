import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { waitUntil } from '@aos/testing';
import { ENGINE_VERSION } from '../../src/domain/run/state.ts';
import { workerLock } from '../../src/outbound/worker-lock.ts';
import { engineStoreSuite } from './engine-store.suite.ts';
import { openPostgresWorld } from './postgres-world.ts';
import { newWorker, row, submission } from './store-world.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

engineStoreSuite('on Postgres', openPostgresWorld);

describe('the engine’s store on Postgres', () => {
  let world: Awaited<ReturnType<typeof openPostgresWorld>>;
  beforeEach(async () => {
    world = await openPostgresWorld();
  });
  afterEach(() => world.close());

  it('declares nobody dead for a lease after its own start, for then every lock is free', async () => {
    const { store } = world;
    const workerId = await newWorker(store);
    await (
      await world.lock(workerId)
    )();
    await waitUntil(
      async () => (await store.unlockedWorkers('0190a000-0000-7000-8000-000000000001')).length > 0,
      {
        what: 'the lock is free',
      },
    );
    const longerThanTheServerRunsMs = 1e12;
    expect(await store.buryDeadWorkers(longerThanTheServerRunsMs, [workerId])).toEqual([]);
    expect(await store.renewLease(workerId, 10_000)).toBe(true);
  });

  it('takes no lock on a connection that is not the process’s own: a pooler would keep it', async () => {
    const { store, admin, systemUrl } = world;
    const workerId = await newWorker(store);
    const pool = createPool({ url: systemUrl, applicationName: 'test', max: 1, logger });
    pool.on('connect', (client) => Reflect.set(client, 'processID', 1));
    await workerLock(pool, workerId)();
    await pool.end();
    const { rows } = await admin.query('select lock_key from orchestrator.workers where worker_id = $1', [
      workerId,
    ]);
    expect(rows).toEqual([{ lock_key: null }]);
  });

  it('writes nothing of a flush that had to wait for the burying of its process', async () => {
    const { store, admin } = world;
    const workerId = await newWorker(store);
    const run = submission(await world.addAgent());
    await store.submit(workerId, 1, [run], 0);
    await store.claim(workerId, 1, ENGINE_VERSION);
    const burying = await admin.connect();
    try {
      await burying.query('begin');
      await burying.query('delete from orchestrator.workers where worker_id = $1', [workerId]);
      const flushed = store.flush({
        workerId,
        flushNo: 2,
        rows: [row(run, 3)],
        finished: [],
        released: [],
        handledSignals: [],
        publishedUpTo: 0,
      });
      await waitUntil(
        async () => (await admin.query(`select 1 from pg_locks where not granted`)).rows.length > 0,
        { what: 'the flush waits for the row of its process' },
      );
      await burying.query('commit');
      expect(await flushed).toBe('fenced');
    } finally {
      burying.release();
    }
    expect((await store.journal([run.runId])).get(run.runId)).toHaveLength(2);
  });
});

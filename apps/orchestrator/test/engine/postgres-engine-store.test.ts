import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@aos/testing';
import { ENGINE_VERSION } from '../../src/domain/run/state.ts';
import { engineStoreSuite } from './engine-store.suite.ts';
import { openPostgresWorld } from './postgres-world.ts';
import { newWorker, row, submission } from './store-world.ts';

engineStoreSuite('on Postgres', openPostgresWorld);

describe('the engine’s store on Postgres', () => {
  let world: Awaited<ReturnType<typeof openPostgresWorld>>;
  beforeEach(async () => {
    world = await openPostgresWorld();
  });
  afterEach(() => world.close());

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

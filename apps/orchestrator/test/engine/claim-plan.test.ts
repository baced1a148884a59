import { createPool, type Pool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ENGINE_VERSION } from '../../src/domain/run/state.ts';
import { postgresEngineStore } from '../../src/outbound/engine-store.repository.ts';
import { openPostgresWorld } from './postgres-world.ts';
import { newWorker, submission } from './store-world.ts';

const QUEUED = 20_000;

/** Copies of a run, and their places in the queue. */
const FILL = `
  with copies as (
    insert into orchestrator.runs (run_id, run_day, tenant_id, agent_id, agent_version, engine_version, status, goal,
      priority, max_steps, request_hash, created_at)
    select gen_random_uuid(), run_day, tenant_id, agent_id, agent_version, engine_version, 'queued', goal, priority,
      max_steps, request_hash, created_at
    from orchestrator.runs, generate_series(1, $2::int) where run_id = $1
    returning run_id, tenant_id, priority, engine_version)
  insert into orchestrator.run_queue (run_id, tenant_id, priority, engine_version) select * from copies`;

let world: Awaited<ReturnType<typeof openPostgresWorld>>;
let pool: Pool;

beforeAll(async () => {
  world = await openPostgresWorld();
  const logger = createLogger({ service: 'test', level: 'silent' });
  pool = createPool({ url: world.systemUrl, applicationName: 'test-plan', max: 1, logger });
});
afterAll(async () => {
  await pool.end();
  await world.close();
});

it('a claim finds its runs by index, however long the queue is', async () => {
  const store = postgresEngineStore(pool, { maxStepsDefault: 50 });
  const workerId = await newWorker(store);
  const first = submission(await world.addAgent());
  await store.submit(workerId, 1, [first], 0);
  await world.admin.query(FILL, [first.runId, QUEUED]);
  await world.admin.query('analyze orchestrator.runs, orchestrator.run_queue');
  expect(await store.claim(workerId, 1, ENGINE_VERSION)).toHaveLength(1);
  // The statement as it is prepared on the pool's one connection.
  const { rows } = await pool.query<Record<string, string>>(
    `explain execute claim('${workerId}', 1, ${ENGINE_VERSION})`,
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('idx_run_queue_order');
  expect(plan).not.toMatch(/Seq Scan on (run_queue|runs)\b/);
});

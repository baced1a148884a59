import { errorOf, evaluationsGet } from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Surroundings, golden, newTenant } from './surroundings.ts';

let world: Surroundings;

beforeAll(async () => {
  world = await Surroundings.start();
  await world.startEval();
});
beforeEach(() => {
  world.orchestrator.fateOf = () => 'runs on';
});
afterAll(async () => {
  await world.stop();
});

/** Postgres takes no connections to this database but a superuser's, and ends those there are. */
async function cutDatabase(): Promise<void> {
  await limitConnections(0);
  await world.admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and usename <> current_user`,
  );
}

async function limitConnections(limit: number): Promise<void> {
  const { rows } = await world.admin.query('select current_database() as name');
  await world.admin.query(`alter database ${rows[0].name} connection limit ${limit}`);
}

describe('while the database is away', () => {
  it('requests are told to come again, and what ends meanwhile is judged afterwards', async () => {
    const started = await world.evaluate(newTenant(), golden('cut'), golden('cut-too'));
    const runs = [await world.orchestrator.running('cut'), await world.orchestrator.running('cut-too')];
    await cutDatabase();
    for (const run of runs) await world.orchestrator.end(run.run_id, 42);
    const { evaluation_id, tenant_id } = started;
    expect(await world.ask(evaluationsGet, tenant_id, { evaluation_id })).toMatchObject({
      ok: false,
      error: { code: 'unavailable', retryable: true, retry_after_ms: 1_000 },
    });
    await limitConnections(-1);
    expect(await world.finished(started)).toMatchObject({ status: 'passed', tasks_passed: 2 });
    await waitUntil(() => world.eventsOf(started).length > 0, { what: 'the event' });
    expect(world.eventsOf(started)).toHaveLength(1);
  });
});

describe('while the orchestrator is away', () => {
  it('a run is looked at again until it can be read', async () => {
    const started = await world.evaluate(newTenant(), golden('unread'));
    const run = await world.orchestrator.running('unread');
    world.orchestrator.outage = errorOf('unavailable', 'away');
    await world.orchestrator.end(run.run_id, 42);
    const looks = () => world.orchestrator.looks.filter((runId) => runId === run.run_id).length;
    await waitUntil(() => looks() > 1, { what: 'it was looked at in vain' });
    expect((await world.get(started.tenant_id, started.evaluation_id)).status).toBe('running');
    world.orchestrator.outage = undefined;
    expect(await world.finished(started)).toMatchObject({ status: 'passed' });
  });

  it('a task is submitted again and again, until it is given up', async () => {
    world.orchestrator.fateOf = () => errorOf('unavailable', 'away', { retryAfterMs: 10 });
    const before = world.orchestrator.submits.length;
    const started = await world.evaluate(newTenant(), golden('given-up'));
    await waitUntil(() => world.orchestrator.submits.length > before + 2, { what: 'it was tried' });
    await world.admin.query(
      `update eval.evaluation_tasks set refused_since = refused_since - interval '31 minutes'
       where evaluation_id = $1`,
      [started.evaluation_id],
    );
    expect(await world.finished(started)).toMatchObject({
      tasks: [{ status: 'error', error: 'the goal was refused: unavailable: away' }],
    });
  });
});

describe('a run that ends just when its time is over', () => {
  it('is judged', async () => {
    world.orchestrator.isTelling = false;
    world.orchestrator.onCancel = (runId) => world.orchestrator.end(runId, 42);
    const started = await world.evaluate(newTenant(), golden('late', 42, { timeout_seconds: 1 }));
    expect(await world.finished(started)).toMatchObject({ status: 'passed', tasks: [{ error: null }] });
  });
});

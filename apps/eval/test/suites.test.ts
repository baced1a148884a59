import {
  evaluationsGet,
  evaluationsList,
  evaluationsStart,
  suitesGet,
  suitesList,
  suitesPut,
  type InputOf,
} from '@aos/contracts';
import { createPool, sqlTenantDatabase } from '@aos/database';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SILENT, Surroundings, golden, newTenant } from './surroundings.ts';

let world: Surroundings;

beforeAll(async () => {
  world = await Surroundings.start();
  await world.startEval();
});
beforeEach(() => {
  world.orchestrator.fateOf = () => ({ output: 42 });
});
afterAll(async () => {
  await world.stop();
});

const suiteOf = (name: string, ...tasks: object[]): InputOf<typeof suitesPut> =>
  suitesPut.input.parse({ name, tasks });

describe('a suite', () => {
  it('is put, got, and replaced by a version that counts changes only', async () => {
    const tenantId = newTenant();
    const first = await world.must(suitesPut, tenantId, suiteOf('shop', golden('a')));
    expect(first).toMatchObject({ name: 'shop', version: 1, description: null, task_count: 1 });
    const same = await world.must(suitesPut, tenantId, suiteOf('shop', golden('a')));
    expect(same).toEqual(first);
    const second = await world.must(suitesPut, tenantId, suiteOf('shop', golden('a', 43), golden('b')));
    expect(second).toMatchObject({ version: 2, task_count: 2 });
    expect(await world.must(suitesGet, tenantId, { suite: 'shop' })).toEqual(second);
  });

  it('that is replaced leaves evaluations as they started', async () => {
    const tenantId = newTenant();
    world.orchestrator.fateOf = () => 'runs on';
    await world.must(suitesPut, tenantId, suiteOf('shop', golden('kept', 42)));
    const started = await world.must(evaluationsStart, tenantId, { suite: 'shop' });
    await world.must(suitesPut, tenantId, suiteOf('shop', golden('kept', 43), golden('more')));
    const run = await world.orchestrator.running('kept');
    await world.orchestrator.end(run.run_id, 42);
    expect(await world.finished(started)).toMatchObject({
      suite_version: 1,
      status: 'passed',
      task_count: 1,
    });
    const next = await world.must(evaluationsStart, tenantId, { suite: 'shop' });
    expect(next).toMatchObject({ suite_version: 2, task_count: 2 });
  });

  it('is refused, by name, where a pattern or schema cannot be used', async () => {
    const assertions = [
      { path: '/goal', op: 'matches', value: '(' },
      { path: '/goal', op: 'matches', value: '^a' },
      { path: '/goal', op: 'schema', value: { type: 'nonsense' } },
      { path: '/goal', op: 'schema', value: { $ref: 'https://example.com/schema' } },
    ];
    const outcome = await world.ask(
      suitesPut,
      newTenant(),
      suiteOf('bad', golden('fine'), golden('a', 1, { assertions })),
    );
    expect(outcome).toMatchObject({
      ok: false,
      error: {
        code: 'invalid_request',
        details: {
          issues: [
            {
              field: '/tasks/1/assertions/0/value',
              message: expect.stringContaining('Invalid regular expression'),
            },
            { field: '/tasks/1/assertions/2/value' },
            { field: '/tasks/1/assertions/3/value', message: expect.stringContaining('resolve reference') },
          ],
        },
      },
    });
  });

  it('larger than a message is refused with its size', async () => {
    const tasks = Array.from({ length: 60 }, (_, index) => golden(`t${index}`, 'é'.repeat(3_800)));
    const outcome = await world.ask(suitesPut, newTenant(), suiteOf('large', ...tasks));
    expect(outcome).toMatchObject({ ok: false, error: { details: { issues: [{ field: '/tasks' }] } } });
  });

  it('may hold text of any kind', async () => {
    const tenantId = newTenant();
    const odd = 'nul \0, half a pair \ud800, quote " and \u2028';
    await world.must(suitesPut, tenantId, suiteOf('odd', golden('a', odd)));
    const { tasks } = await world.must(suitesGet, tenantId, { suite: 'odd' });
    expect(tasks[0]?.assertions[0]?.value).toBe(odd);
  });
});

describe('the suite golden', () => {
  it('is there for every tenant, as version 0, and cannot be replaced', async () => {
    const tenantId = newTenant();
    const suite = await world.must(suitesGet, tenantId, { suite: 'golden' });
    expect(suite).toMatchObject({ version: 0, updated_at: null, task_count: 3 });
    expect(suite.tasks.map(({ name }) => name)).toEqual(['faq', 'lead', 'order']);
    expect(await world.ask(suitesPut, tenantId, suiteOf('golden', golden('a')))).toMatchObject({
      ok: false,
      error: { code: 'conflict', message: expect.stringContaining('another name') },
    });
    const started = await world.must(evaluationsStart, tenantId, { suite: 'golden' });
    expect(started).toMatchObject({ suite: 'golden', suite_version: 0, task_count: 3 });
  });
});

describe('lists', () => {
  it('of suites are in the order of names, by pages, the shipped one among them', async () => {
    const tenantId = newTenant();
    for (const name of ['zoo', 'b-1', 'b0', 'alpha', 'golden-2']) {
      await world.must(suitesPut, tenantId, suiteOf(name, golden('a')));
    }
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await world.must(suitesList, tenantId, {
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      expect(page.data.length).toBeLessThanOrEqual(2);
      names.push(...page.data.map(({ name }) => name));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(names).toEqual(['alpha', 'b-1', 'b0', 'golden', 'golden-2', 'zoo']);
    expect(await world.ask(suitesList, tenantId, { limit: 2, cursor: 'NO!' })).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', details: { issues: [{ field: '/cursor' }] } },
    });
  });

  it('of evaluations are newest first, by pages, of one suite where asked for', async () => {
    const tenantId = newTenant();
    const ids: string[] = [];
    for (const suite of ['one', 'two', 'one', 'two', 'one']) {
      await world.must(suitesPut, tenantId, suiteOf(suite, golden('a')));
      ids.unshift((await world.must(evaluationsStart, tenantId, { suite })).evaluation_id);
    }
    const listed = async (input: { limit: number; cursor?: string; suite?: string }) => {
      const page = await world.must(evaluationsList, tenantId, input);
      return { ids: page.data.map((evaluation) => evaluation.evaluation_id), next: page.next_cursor };
    };
    const first = await listed({ limit: 3 });
    expect(first).toEqual({ ids: ids.slice(0, 3), next: ids[2] });
    expect(await listed({ limit: 3, cursor: first.next ?? '' })).toEqual({ ids: ids.slice(3), next: null });
    expect(await listed({ limit: 50, suite: 'two' })).toEqual({ ids: [ids[1], ids[3]], next: null });
    expect(await world.ask(evaluationsList, tenantId, { limit: 3, cursor: 'no' })).toMatchObject({
      ok: false,
      error: { code: 'invalid_request' },
    });
  });
});

describe('another tenant', () => {
  it('sees and replaces nothing', async () => {
    const [acme, globex] = [newTenant(), newTenant()];
    const { evaluation_id, suite } = await world.evaluate(acme, golden('a'));
    const absent = { ok: false, error: { code: 'not_found' } };
    expect(await world.ask(suitesGet, globex, { suite })).toMatchObject(absent);
    expect(await world.ask(evaluationsStart, globex, { suite })).toMatchObject(absent);
    expect(await world.ask(evaluationsGet, globex, { evaluation_id })).toMatchObject(absent);
    expect((await world.must(evaluationsList, globex, { limit: 50 })).data).toEqual([]);
    expect((await world.must(suitesList, globex, { limit: 50 })).data).toHaveLength(1);
    await world.must(suitesPut, globex, suiteOf(suite, golden('b')));
    expect((await world.must(suitesGet, acme, { suite })).tasks[0]?.name).toBe('a');
  });

  it('is kept out by the database itself', async () => {
    const [acme, globex] = [newTenant(), newTenant()];
    await world.finished(await world.evaluate(acme, golden('a')));
    const pool = createPool({
      url: world.postgres.appUrl,
      applicationName: 'test',
      max: 1,
      logger: SILENT,
    });
    const database = sqlTenantDatabase(pool);
    const readable = ['suites', 'evaluations', 'evaluation_tasks'];
    for (const table of readable) {
      const query = `select from eval.${table} where tenant_id in ($1, $2)`;
      const count = (client: { query: typeof pool.query }) => client.query(query, [acme, globex]);
      const own = await database.transaction(acme, count);
      const foreign = await database.transaction(globex, count);
      const none = await count(pool);
      expect([table, own.rowCount, foreign.rowCount, none.rowCount]).toEqual([table, 1, 0, 0]);
    }
    const forged = database.transaction(globex, (client) =>
      client.query(
        `insert into eval.suites (tenant_id, name, version, tasks) values ($1, 'forged', 1, '[]')`,
        [acme],
      ),
    );
    await expect(forged).rejects.toThrow(/row-level security/);
    for (const table of ['agents', 'outbox']) {
      await expect(pool.query(`select from eval.${table}`)).rejects.toThrow(/permission denied/);
    }
    await database.close();
  });
});

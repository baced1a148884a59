import type { InputOf, usageGet } from '@aos/contracts';
import { createPool, type Pool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { testPostgres, waitUntil, type TestDatabase } from '@aos/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';
import { llmCompleted, many, runFinished } from './owners.ts';
import { Surroundings } from './surroundings.ts';

type Input = Partial<InputOf<typeof usageGet>>;

const TENANT = `t-${v7()}`;
const OTHER = `t-${v7()}`;
const [ADA, BOB] = [v7(), v7()].sort();
const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03'];
/** Byte order: upper case first. */
const MODELS = ['Zeta', 'alpha', 'ångström'];

let database: TestDatabase;
let surroundings: Surroundings;
let app: Pool;

beforeAll(async () => {
  database = await testPostgres();
  surroundings = await Surroundings.start(database);
  const logger = createLogger({ service: 'test', level: 'silent' });
  app = createPool({ url: database.appUrl, applicationName: 'test', max: 1, logger });
  await surroundings.billing();
  const calls = DAYS.flatMap((day, dayIndex) =>
    [ADA, BOB].flatMap((agentId) =>
      MODELS.map((model, index) =>
        llmCompleted(
          { tenantId: TENANT, agentId: agentId ?? '', time: `${day}T10:00:00.000Z` },
          { model, cost_microcents: 10 ** index * (dayIndex + 1) },
        ),
      ),
    ),
  );
  const runs = many(4, () =>
    runFinished({ tenantId: TENANT, agentId: ADA ?? '', time: `${DAYS[0]}T00:00:00.000Z` }),
  );
  const theirs = llmCompleted({ tenantId: OTHER, time: `${DAYS[0]}T10:00:00.000Z` }, { model: 'Zeta' });
  await surroundings.owners.publish([...calls, ...runs, theirs]);
  await waitUntil(
    async () => {
      const { llm_calls, runs: counted } = await surroundings.quantities(TENANT);
      return llm_calls === 18 && counted === 4 && (await surroundings.quantities(OTHER))['llm_calls'] === 1;
    },
    { what: 'all metered' },
  );
}, 120_000);

afterAll(async () => {
  await app.end();
  await surroundings.stop();
  await database.close();
});

const ask = (input: Input) => surroundings.usage(TENANT, { meter: 'llm_calls', ...input });

/** 111 times the sum of 1, 2, 3, of two agents. */
const TOTAL = 111 * 6 * 2;

describe('usage', () => {
  it('is summed by meter where nothing else is asked for', async () => {
    const { data, ...rest } = await surroundings.usage(TENANT);
    expect(data.map(({ meter, quantity, cost_microcents }) => [meter, quantity, cost_microcents])).toEqual([
      ['llm_calls', 18, TOTAL],
      ['llm_input_tokens', 180, 0],
      ['llm_output_tokens', 90, 0],
      ['runs', 4, 0],
      ['steps', 12, 0],
    ]);
    expect(data[0]).toMatchObject({ agent_id: null, model: null, day: null });
    expect(rest).toEqual({
      tenant_id: TENANT,
      from: '2026-01-01',
      to: '2026-12-31',
      total_cost_microcents: TOTAL,
      total_cost_cents: TOTAL / 1e6,
      next_cursor: null,
    });
  });

  it('is summed by what is asked for, once however often it is named, in the order of days first', async () => {
    const { data } = await ask({ group_by: ['day', 'day', 'day'] });
    expect(
      data.map(({ day, meter, quantity, cost_microcents }) => [day, meter, quantity, cost_microcents]),
    ).toEqual(DAYS.map((day, index) => [day, 'llm_calls', 6, 222 * (index + 1)]));
    const { data: byModel } = await ask({ group_by: ['model', 'agent'], model: 'alpha' });
    expect(byModel.map(({ agent_id, model, cost_microcents }) => [agent_id, model, cost_microcents])).toEqual(
      [
        [ADA, 'alpha', 60],
        [BOB, 'alpha', 60],
      ],
    );
  });

  it.each<[Input, number]>([
    [{ agent_id: ADA }, 9],
    [{ model: 'Zeta' }, 6],
    [{ from: DAYS[1], to: DAYS[2] }, 12],
    [{ from: DAYS[0], to: DAYS[0], agent_id: BOB, model: 'ångström' }, 1],
    [{ model: "' or true --" }, 0],
    [{ from: '2025-03-01', to: '2025-03-31' }, 0],
  ])('is filtered by %j', async (filter, calls) => {
    const { data, total_cost_microcents } = await ask(filter);
    expect(data.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(calls);
    expect(total_cost_microcents).toBe(data.reduce((sum, row) => sum + row.cost_microcents, 0));
  });

  it('is read by pages: every line once, in one order, the total on each', async () => {
    const group_by: Input['group_by'] = ['model', 'agent', 'day'];
    const whole = await surroundings.usage(TENANT, { group_by, limit: 200 });
    const lines = [];
    let cursor: string | null | undefined;
    do {
      const page = await surroundings.usage(TENANT, { group_by, limit: 7, ...(cursor ? { cursor } : {}) });
      expect(page.total_cost_microcents).toBe(TOTAL);
      lines.push(...page.data);
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(lines).toEqual(whole.data);
    expect(lines).toHaveLength(3 * 18 + 2);
    const models = whole.data.filter(({ day, meter }) => day === DAYS[1] && meter === 'llm_calls');
    expect(models.slice(0, 3).map(({ model }) => model)).toEqual(MODELS);
  });

  it('that ends with a page has no next one', async () => {
    expect(await ask({ group_by: ['day'], limit: 3 })).toMatchObject({ next_cursor: null });
    expect(await ask({ group_by: ['day'], limit: 2 })).toMatchObject({ next_cursor: expect.any(String) });
  });

  it.each([
    ['nonsense', ['meter']],
    [Buffer.from('llm_calls\0x').toString('base64url'), ['meter']],
    [Buffer.from('0000-01-01\0llm_calls').toString('base64url'), ['day']],
    [Buffer.from('no day\0llm_calls').toString('base64url'), ['day']],
  ] as const)('refuses the cursor %s', async (cursor, groups) => {
    const outcome = await surroundings.ask(TENANT, {
      cursor,
      group_by: [...groups],
      from: DAYS[0],
      to: DAYS[2],
    });
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', details: { issues: [{ field: '/cursor' }] } },
    });
  });
});

describe('a tenant', () => {
  it('never sees the usage of another', async () => {
    expect(await surroundings.usage(OTHER, { group_by: ['model'] })).toMatchObject({
      total_cost_microcents: 700,
      data: [
        { meter: 'llm_calls', model: 'Zeta', quantity: 1 },
        { meter: 'llm_input_tokens' },
        { meter: 'llm_output_tokens' },
      ],
    });
    expect(await surroundings.usage(`t-${v7()}`)).toMatchObject({ data: [], total_cost_microcents: 0 });
  });

  it('is held to its rows by the database itself, and may only read sums', async () => {
    const visible = 'select distinct tenant_id from billing.usage';
    expect((await app.query(visible)).rows).toEqual([]);
    const client = await app.connect();
    await client.query('begin');
    await client.query("select set_config('app.tenant_id', $1, true)", [OTHER]);
    expect((await client.query(visible)).rows).toEqual([{ tenant_id: OTHER }]);
    await client.query('rollback');
    client.release();
    for (const statement of [
      'select from billing.usage_events',
      'select from billing.watermarks',
      'update billing.usage set quantity = 0',
      `insert into billing.usage values ('${OTHER}', now(), 'runs', '', '', 1, 0)`,
      'delete from billing.usage',
    ]) {
      await expect(app.query(statement)).rejects.toThrow(/permission denied/);
    }
  });
});

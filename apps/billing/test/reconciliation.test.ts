import { errorOf, fail, succeed, type CloudEvent, type ExportInput } from '@aos/contracts';
import { testPostgres, waitUntil, type TestDatabase } from '@aos/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';
import type { SourceName } from '../src/application/ports.ts';
import { llmCompleted, many, runFinished } from './owners.ts';
import { Surroundings, type Billing } from './surroundings.ts';

let database: TestDatabase;
let surroundings: Surroundings;

beforeAll(async () => {
  database = await testPostgres();
  surroundings = await Surroundings.start(database);
}, 120_000);

beforeEach(async () => {
  const { owners } = surroundings;
  for (const source of ['llm', 'run'] as const) {
    owners.asked[source].length = 0;
    owners.answerWith(source, async () => succeed({ events: [], next_cursor: null }));
  }
  await surroundings.admin.query('truncate billing.watermarks');
});

afterEach(() => surroundings.closeBillings());

afterAll(async () => {
  await surroundings.stop();
  await database.close();
});

const agentId = v7();
const newTenant = (): string => `t-${v7()}`;
const EPOCH = '1970-01-01T00:00:00.000Z';
const minute = (n: number): string => new Date(Date.UTC(2026, 2, 10, 12, n)).toISOString();

/** Records in pages of `size`; the cursor is where the next begins. */
function pagesOf(records: readonly CloudEvent[], size: number) {
  return async ({ cursor }: ExportInput) => {
    const start = Number(cursor ?? 0);
    const end = start + size;
    return succeed({
      events: records.slice(start, end),
      next_cursor: end < records.length ? String(end) : null,
    });
  };
}

const reconciled = (source: SourceName, billing: Billing): Promise<unknown> =>
  waitUntil(
    async () => (await billing.metric(`aos_usage_reconciled_timestamp_seconds{source="${source}"}`)) > 0,
    { what: `${source} reconciled`, timeoutMs: 20_000 },
  );

const watermark = async (source: SourceName): Promise<string | undefined> => {
  const { rows } = await surroundings.admin.query<{ until: Date }>(
    'select compared_until as until from billing.watermarks where source = $1',
    [source],
  );
  return rows[0]?.until.toISOString();
};

const saysThatItWaits = (line: string): boolean =>
  line.includes('another process reconciles') && line.includes('"llm"');

describe('what the stream has forgotten', () => {
  it('is counted from the records of its owners, page by page, from the beginning at first', async () => {
    const tenantId = newTenant();
    const calls = many(25, (index) => llmCompleted({ tenantId, time: minute(index) }));
    const runs = many(7, (index) => runFinished({ tenantId, agentId, time: minute(index) }));
    await surroundings.owners.publish([...calls, ...runs]);
    await surroundings.purge();
    surroundings.owners.answerWith('llm', pagesOf(calls, 10));
    surroundings.owners.answerWith('run', pagesOf(runs, 10));
    const billing = await surroundings.billing();
    await Promise.all([reconciled('llm', billing), reconciled('run', billing)]);
    expect(await surroundings.quantities(tenantId)).toEqual({
      llm_calls: 25,
      llm_input_tokens: 250,
      llm_output_tokens: 125,
      runs: 7,
      steps: 21,
    });
    expect(surroundings.owners.asked.llm).toEqual([
      { from: EPOCH, limit: 200 },
      { from: EPOCH, limit: 200, cursor: '10' },
      { from: EPOCH, limit: 200, cursor: '20' },
    ]);
    expect(await watermark('llm')).toBe(minute(24));
    expect(await billing.metric('aos_usage_events_total{source="llm",outcome="late"}')).toBe(25);
  });

  it('is counted once where the stream has brought a part of it', async () => {
    const tenantId = newTenant();
    const calls = many(30, (index) => llmCompleted({ tenantId, time: minute(index) }));
    surroundings.owners.answerWith('llm', pagesOf(calls, 7));
    await surroundings.owners.publish(calls.filter((_, index) => index % 2 === 0));
    const billing = await surroundings.billing();
    await reconciled('llm', billing);
    await surroundings.owners.publish(calls.map((event) => ({ ...event, id: `again-${event.id}` })));
    const repeated = 'aos_usage_events_total{source="llm",outcome="repeated"}';
    await waitUntil(async () => (await billing.metric(repeated)) >= 30, { what: 'all came again' });
    expect(await surroundings.usage(tenantId)).toMatchObject({ total_cost_microcents: 30 * 700 });
  });

  it('is looked for from ten minutes before where the last comparison ended', async () => {
    const tenantId = newTenant();
    const calls = [llmCompleted({ tenantId, time: minute(30) })];
    surroundings.owners.answerWith('llm', pagesOf(calls, 10));
    await reconciled('llm', await surroundings.billing());
    await surroundings.closeBillings();
    // Younger in time, but visible only now.
    calls.push(llmCompleted({ tenantId, time: minute(21) }));
    await reconciled('llm', await surroundings.billing());
    expect(surroundings.owners.asked.llm.at(-1)).toEqual({ from: minute(20), limit: 200 });
    expect(await surroundings.quantities(tenantId)).toMatchObject({ llm_calls: 2 });
    expect(await watermark('llm')).toBe(minute(30));
  });

  it('is asked for in smaller pages where the events are large', async () => {
    const tenantId = newTenant();
    const runs = many(24, (index) => {
      const run = runFinished({ tenantId, agentId, time: minute(index) });
      return { ...run, data: { steps_finished: 1, output: 'x'.repeat(30_000) } };
    });
    surroundings.owners.answerWith('run', (input) => pagesOf(runs, input.limit)(input));
    await reconciled('run', await surroundings.billing());
    expect(await surroundings.quantities(tenantId)).toEqual({ runs: 24, steps: 24 });
    expect(surroundings.owners.asked.run.map(({ limit }) => limit).slice(0, 2)).toEqual([200, 10]);
  });

  it('is counted without a record that cannot be metered', async () => {
    const tenantId = newTenant();
    const broken = { ...llmCompleted({ tenantId, time: minute(1) }), data: { request_id: 7 } };
    const calls = [broken, llmCompleted({ tenantId, time: minute(2) })];
    surroundings.owners.answerWith('llm', pagesOf(calls, 10));
    const billing = await surroundings.billing();
    await reconciled('llm', billing);
    expect(await surroundings.quantities(tenantId)).toMatchObject({ llm_calls: 1 });
    expect(billing.logs.join('')).toContain('a record cannot be metered');
  });
});

describe('a comparison', () => {
  it('that is cut short goes on where it was, not from the beginning', async () => {
    const tenantId = newTenant();
    const calls = many(20, (index) => llmCompleted({ tenantId, time: minute(index) }));
    const pages = pagesOf(calls, 10);
    surroundings.owners.answerWith('llm', async (input) =>
      input.cursor === undefined ? pages(input) : fail(errorOf('unavailable', 'the rest is away')),
    );
    const first = await surroundings.billing();
    await waitUntil(() => first.logs.some((line) => line.includes('the rest is away')), {
      what: 'it was cut',
    });
    expect(await surroundings.quantities(tenantId)).toMatchObject({ llm_calls: 10 });
    expect(await watermark('llm')).toBe(minute(9));
    await surroundings.closeBillings();

    surroundings.owners.asked.llm.length = 0;
    surroundings.owners.answerWith('llm', pages);
    await reconciled('llm', await surroundings.billing());
    expect(surroundings.owners.asked.llm[0]).toMatchObject({ from: minute(-1) });
    expect(await surroundings.quantities(tenantId)).toMatchObject({ llm_calls: 20 });
  });

  it('is tried again soon while the owner is away, and the stream is read meanwhile', async () => {
    const tenantId = newTenant();
    let isAway = true;
    surroundings.owners.answerWith('run', async () =>
      isAway ? fail(errorOf('unavailable', 'away')) : succeed({ events: [], next_cursor: null }),
    );
    const billing = await surroundings.billing();
    await surroundings.owners.publish([runFinished({ tenantId, agentId })]);
    await waitUntil(async () => (await surroundings.quantities(tenantId))['runs'] === 1, { what: 'metered' });
    await waitUntil(() => surroundings.owners.asked.run.length >= 2, { what: 'asked again' });
    isAway = false;
    await reconciled('run', billing);
    expect(billing.logs.join('')).toContain('usage could not be reconciled; it is tried again');
  });

  it('is made by one process at a time, and taken over from one that ends', async () => {
    const tenantId = newTenant();
    const held = Promise.withResolvers<void>();
    const calls = [llmCompleted({ tenantId, time: minute(1) })];
    surroundings.owners.answerWith('llm', async (input) => {
      await held.promise;
      return pagesOf(calls, 10)(input);
    });
    const first = await surroundings.billing();
    await waitUntil(() => surroundings.owners.asked.llm.length === 1, { what: 'the first asks' });
    const second = await surroundings.billing();
    await waitUntil(() => second.logs.some(saysThatItWaits), { what: 'the second waits' });
    expect(surroundings.owners.asked.llm).toHaveLength(1);
    await first.close();
    held.resolve();
    await reconciled('llm', second);
    expect(await surroundings.quantities(tenantId)).toMatchObject({ llm_calls: 1 });
  });

  it('does not wait for its answer when the process drains', async () => {
    const held = Promise.withResolvers<void>();
    surroundings.owners.answerWith('llm', async (input) => {
      await held.promise;
      return pagesOf([], 10)(input);
    });
    const billing = await surroundings.billing();
    await waitUntil(() => surroundings.owners.asked.llm.length > 0, { what: 'it asks' });
    const startedMs = performance.now();
    await billing.close();
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    held.resolve();
  });
});

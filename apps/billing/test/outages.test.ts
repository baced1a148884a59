import { LLM_USAGE, deadLetterSubject } from '@aos/contracts';
import { startPostgres, waitUntil } from '@aos/testing';
import { ensureDatabase, migrateDatabase } from '@aos/tooling';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';
import { llmCompleted, many } from './owners.ts';
import { Surroundings } from './surroundings.ts';

const COUNT = 200;
const PASSWORDS = { aos_owner: 'local-owner', aos_app: 'local-app', aos_engine: 'local-engine' };

let postgres: Awaited<ReturnType<typeof startPostgres>>;
let surroundings: Surroundings;
const dead: string[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  const { adminUrl } = postgres;
  const urls = await ensureDatabase({ adminUrl, name: 'aos', passwords: PASSWORDS });
  await migrateDatabase(urls);
  surroundings = await Surroundings.start({ ...urls, adminUrl: adminUrl.replace(/[^/]+$/, 'aos') });
  surroundings.operator.subscribeCore(deadLetterSubject(LLM_USAGE), ({ payload }) => dead.push(payload));
}, 120_000);

afterAll(async () => {
  await surroundings.stop();
  await postgres.stop();
});

describe('while Postgres is away', () => {
  it('events are held, and counted once each when it is back, those cut off in the middle, too', async () => {
    const tenantId = `t-${v7()}`;
    const billing = await surroundings.billing();
    const counted = 'aos_usage_events_total{source="llm",outcome="counted"}';
    await surroundings.owners.publish(many(COUNT, () => llmCompleted({ tenantId })));
    await waitUntil(async () => (await billing.metric(counted)) > 0, { what: 'the first counted' });
    await postgres.kill();
    await surroundings.owners.publish(many(COUNT, () => llmCompleted({ tenantId })));
    const asked = await surroundings.ask(tenantId);
    expect(asked).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } });
    await postgres.restart();
    await waitUntil(async () => (await surroundings.quantities(tenantId))['llm_calls'] === 2 * COUNT, {
      what: 'all counted',
      timeoutMs: 30_000,
    });
    await waitUntil(async () => (await settledEvents()) >= 2 * COUNT, { what: 'all settled' });
    expect(await surroundings.usage(tenantId)).toMatchObject({ total_cost_microcents: 2 * COUNT * 700 });
    expect(dead).toEqual([]);

    async function settledEvents(): Promise<number> {
      const repeated = 'aos_usage_events_total{source="llm",outcome="repeated"}';
      return (await billing.metric(counted)) + (await billing.metric(repeated));
    }
  });

  it('a process that drains hands its events back to the next', async () => {
    const tenantId = `t-${v7()}`;
    await postgres.kill();
    await surroundings.owners.publish(many(COUNT, () => llmCompleted({ tenantId })));
    await surroundings.closeBillings();
    await postgres.restart();
    await surroundings.billing();
    await waitUntil(async () => (await surroundings.quantities(tenantId))['llm_calls'] === COUNT, {
      what: 'all counted',
      timeoutMs: 30_000,
    });
  });
});

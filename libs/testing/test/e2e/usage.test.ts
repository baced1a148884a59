import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  llmExport,
  runsExportFinished,
  usageGet,
  type Meter,
  type OutputOf,
  type Run,
  type UsageRow,
} from '@aos/contracts';
import type { createPool } from '@aos/database';
import { connectMessaging, type Messaging } from '@aos/messaging';
import { createLogger, newTraceparent } from '@aos/telemetry';
import { startTestStack, waitUntil, type TestStack } from '@aos/testing';
import { adminPool } from './admin-pool.ts';
import { callerOf, type Api } from './api.ts';
import type { Step } from './steps.ts';

const RUNS = 12;
const MODELS = ['claude-sonnet-5', 'claude-haiku-4-5'];
/** What a killed process had in hand comes again when the consumer's ack wait of 30 s has ended. */
const RECOVERY_MS = 60_000;

let stack: TestStack;
let admin: ReturnType<typeof createPool>;
let tenants = 0;
let api: Api;
let tenantId: string;

beforeAll(async () => {
  stack = await startTestStack({ modelSandbox: true, env: { RATE_LIMIT_ENABLED: 'false' } });
  admin = adminPool(stack);
});
afterAll(async () => {
  await admin.end();
  await stack.stop();
});

beforeEach(async () => {
  tenants += 1;
  tenantId = `usage-${tenants}`;
  api = await callerOf(stack, tenantId);
});

const ask = (prompt: string, model: string | undefined): Step => ({
  skill: 'llm_invoke',
  params: { prompt, max_tokens: 200, ...(model !== undefined && { model }) },
});

/** Goals of two agents: each asks models twice, and one in four is planned by a model. */
async function startRuns(): Promise<string[]> {
  const agents = await Promise.all([0, 1].map(() => api.createAgent({ max_concurrent_runs: 100 })));
  return Promise.all(
    Array.from({ length: RUNS }, async (_, index) => {
      const agentId = agents[index % 2]?.agent_id ?? '';
      const steps = MODELS.map((model) => ask(`What is ${'very '.repeat(index)}new?`, model));
      if (index % 4 !== 3) return api.start(agentId, steps);
      const { body } = await api.submit(agentId, { goal: 'total the order with json_transform' });
      return String(body['run_id']);
    }),
  );
}

const allEnded = (runIds: string[]): Promise<Run[]> =>
  Promise.all(runIds.map((runId) => api.ended(runId, RECOVERY_MS)));

async function usage(groups: string): Promise<OutputOf<typeof usageGet>> {
  const { body } = await api.send(`GET /usage?limit=200&group_by=${groups}`);
  return usageGet.output.parse(body);
}

const quantityOf = (rows: readonly UsageRow[], meter: Meter): number =>
  rows.filter((row) => row.meter === meter).reduce((sum, { quantity }) => sum + quantity, 0);

/** What the router has on record, in the form of usage. */
async function paid(): Promise<unknown[]> {
  const { rows } = await admin.query(
    `select agent_id::text, model, count(*)::int as calls, sum(cost_microcents)::float8 as cost,
       sum(input_tokens)::int as input, sum(output_tokens)::int as output
     from router.llm_costs where tenant_id = $1 group by agent_id, model order by agent_id, model collate "C"`,
    [tenantId],
  );
  return rows;
}

async function metered(): Promise<unknown[]> {
  const { data } = await usage('agent,model');
  return data
    .filter(({ meter }) => meter === 'llm_calls')
    .map(({ agent_id, model, quantity: calls, cost_microcents: cost }) => {
      const same = data.filter((row) => row.agent_id === agent_id && row.model === model);
      const [input, output] = [quantityOf(same, 'llm_input_tokens'), quantityOf(same, 'llm_output_tokens')];
      return { agent_id, model, calls, cost, input, output };
    });
}

/** Usage is what was paid for models, which is what the runs cost, and there is nothing beside. */
async function expectExact(runs: Run[]): Promise<void> {
  await waitUntil(
    async () => {
      const { data } = await usage('meter');
      const isPaid = JSON.stringify(await metered()) === JSON.stringify(await paid());
      return isPaid && quantityOf(data, 'runs') === runs.length;
    },
    { what: 'usage is what was paid', timeoutMs: RECOVERY_MS },
  );
  const { data, total_cost_microcents: total } = await usage('meter');
  expect(total).toBeGreaterThan(0);
  expect(total).toBe(runs.reduce((sum, run) => sum + run.cost_microcents, 0));
  expect(quantityOf(data, 'llm_input_tokens')).toBe(runs.reduce((sum, run) => sum + run.input_tokens, 0));
  expect(quantityOf(data, 'llm_output_tokens')).toBe(runs.reduce((sum, run) => sum + run.output_tokens, 0));
  expect(quantityOf(data, 'steps')).toBe(runs.reduce((sum, run) => sum + run.steps.length, 0));
}

describe('usage equals what models were paid and what the runs cost, exactly,', () => {
  it('by agent and model, planning included', async () => {
    const runs = await allEnded(await startRuns());
    expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'succeeded'));
    await expectExact(runs);
  });

  it('when billing is killed in the middle, twice', async () => {
    const runIds = await startRuns();
    for (const part of [0.2, 0.6]) {
      const isSo = async () => quantityOf((await usage('meter')).data, 'llm_calls') >= RUNS * 2 * part;
      await waitUntil(isSo, { what: 'a part metered', timeoutMs: RECOVERY_MS });
      await stack.services.billing.kill9();
      await stack.services.billing.restart();
    }
    await expectExact(await allEnded(runIds));
  });

  it('when two processes meter at once', async () => {
    const other = await stack.startAnother('billing');
    await expectExact(await allEnded(await startRuns()));
    await other.stop();
  });

  it('when billing was away for longer than the stream keeps events', async () => {
    await stack.services.billing.stop();
    const runs = await allEnded(await startRuns());
    const away = await connectMessaging({
      url: stack.nats.urlFor('operator'),
      service: 'operator',
      logger: createLogger({ service: 'e2e', level: 'error' }),
    });
    away.publishCore('$JS.API.STREAM.PURGE.AOS_EVENTS', '');
    // Owners hold back what is younger than a few seconds, so that nothing comes after what is older.
    await waitUntil(async () => (await onRecord(away)) === RUNS, {
      what: 'the runs on record',
      timeoutMs: 30_000,
    });
    await away.drain();
    await stack.services.billing.restart();
    await expectExact(runs);
    const metrics = await (await fetch(`${stack.services.billing.url}/metrics`)).text();
    expect(metrics).toContain(`aos_usage_events_total{source="run",outcome="late"} ${RUNS}\n`);
  });
});

/** How many ended runs of the tenant are exported, with all their calls. */
async function onRecord(messaging: Messaging): Promise<number> {
  const context = {
    tenantId: '',
    actor: { id: 'service:e2e', level: 1 },
    requestId: crypto.randomUUID(),
    deadlineMs: Date.now() + 10_000,
    traceparent: newTraceparent(),
    signal: new AbortController().signal,
  };
  const from = new Date(0).toISOString();
  const counts: number[] = [];
  for (const command of [runsExportFinished, llmExport]) {
    const page = await messaging.request(command, context, { from, limit: 200 });
    if (!page.ok) throw new Error(page.error.message);
    counts.push(page.value.events.filter(({ tenantid }) => tenantid === tenantId).length);
  }
  const [runs = 0, calls = 0] = counts;
  const { rows } = await admin.query('select from router.llm_costs where tenant_id = $1', [tenantId]);
  return calls === rows.length ? runs : 0;
}

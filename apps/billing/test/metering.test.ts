import { LLM_USAGE, RUN_USAGE, deadLetterSubject, type CloudEvent } from '@aos/contracts';
import { testPostgres, waitUntil, type TestDatabase } from '@aos/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';
import { DAY, llmCompleted, many, runFinished } from './owners.ts';
import { Surroundings, type Billing } from './surroundings.ts';

let database: TestDatabase;
let surroundings: Surroundings;
/** Payloads of dead letters, as they are buried. */
const dead: string[] = [];

beforeAll(async () => {
  database = await testPostgres();
  surroundings = await Surroundings.start(database);
  for (const consumer of [LLM_USAGE, RUN_USAGE]) {
    surroundings.operator.subscribeCore(deadLetterSubject(consumer), ({ payload }) => dead.push(payload));
  }
}, 120_000);

afterEach(async () => {
  await surroundings.closeBillings();
  dead.length = 0;
});

afterAll(async () => {
  await surroundings.stop();
  await database.close();
});

const newTenant = (): string => `t-${v7()}`;
const agentId = v7();

const publish = (...events: CloudEvent[]): Promise<void> => surroundings.owners.publish(events);

/** All that was published before is done with when the marker, published last, is counted. */
async function settled(): Promise<void> {
  const tenantId = newTenant();
  await publish(llmCompleted({ tenantId }), runFinished({ tenantId, agentId }));
  await countedAs(tenantId, { llm_calls: 1, runs: 1 });
}

const countedAs = (tenantId: string, expected: Record<string, number>): Promise<unknown> =>
  waitUntil(
    async () => {
      const found = await surroundings.quantities(tenantId);
      return Object.entries(expected).every(([meter, quantity]) => found[meter] === quantity);
    },
    { what: `${tenantId} counted as ${JSON.stringify(expected)}`, timeoutMs: 20_000 },
  );

describe('an event', () => {
  it('of a model call is metered with its tokens and its whole cost, by agent, model and UTC day', async () => {
    const tenantId = newTenant();
    await surroundings.billing();
    const late = { tenantId, agentId, time: `${DAY}T23:59:59.999Z` };
    await publish(
      llmCompleted(late),
      llmCompleted(late, { cost_microcents: 1, output_tokens: 0 }),
      llmCompleted({ tenantId, time: '2026-03-11T00:00:00.000Z' }, { model: 'claude-haiku-4-5' }),
    );
    await countedAs(tenantId, { llm_calls: 3 });
    const group_by = ['day', 'agent', 'model'] as const;
    const { data, total_cost_microcents } = await surroundings.usage(tenantId, { group_by: [...group_by] });
    const sonnet = { day: DAY, agent_id: agentId, model: 'claude-sonnet-5' };
    const haiku = { day: '2026-03-11', agent_id: null, model: 'claude-haiku-4-5' };
    const free = { cost_microcents: 0, cost_cents: 0 };
    expect(data).toEqual([
      { ...sonnet, meter: 'llm_calls', quantity: 2, cost_microcents: 701, cost_cents: 0.000701 },
      { ...sonnet, meter: 'llm_input_tokens', quantity: 20, ...free },
      { ...sonnet, meter: 'llm_output_tokens', quantity: 5, ...free },
      { ...haiku, meter: 'llm_calls', quantity: 1, cost_microcents: 700, cost_cents: 0.0007 },
      { ...haiku, meter: 'llm_input_tokens', quantity: 10, ...free },
      { ...haiku, meter: 'llm_output_tokens', quantity: 5, ...free },
    ]);
    expect(total_cost_microcents).toBe(1401);
  });

  it('of a run is metered with its steps, and without cost, which its calls have', async () => {
    const tenantId = newTenant();
    await surroundings.billing();
    await publish(runFinished({ tenantId, agentId }), runFinished({ tenantId, agentId }));
    await countedAs(tenantId, { runs: 2, steps: 6 });
    expect(await surroundings.usage(tenantId)).toMatchObject({ total_cost_microcents: 0 });
  });

  it('that comes again under other message ids is counted once', async () => {
    const tenantId = newTenant();
    const billing = await surroundings.billing();
    const events = [llmCompleted({ tenantId }), runFinished({ tenantId, agentId })];
    for (const id of ['1', '2', '3']) {
      for (const event of events) {
        // After a restore of its owner's database the timeline in its id is another.
        const again = { ...event, id: `${id}-${event.id}` };
        await surroundings.owners.publish([again]);
      }
    }
    await settled();
    expect(await surroundings.quantities(tenantId)).toMatchObject({ llm_calls: 1, runs: 1, steps: 3 });
    expect(await billing.metric('aos_usage_events_total{source="llm",outcome="repeated"}')).toBe(2);
    expect(dead).toEqual([]);
  });

  it('that was handed out and handed back is counted once', async () => {
    const tenantId = newTenant();
    await publish(...many(3, () => llmCompleted({ tenantId })));
    const elsewhere = surroundings.operator.pullTickets(LLM_USAGE);
    for (const delivery of await elsewhere.fetch(3, { waitMs: 0 })) delivery.nak();
    await surroundings.billing();
    await countedAs(tenantId, { llm_calls: 3 });
    await settled();
    expect(await surroundings.quantities(tenantId)).toMatchObject({ llm_calls: 3, llm_input_tokens: 30 });
  });

  it('of a key that another tenant has used is counted, too', async () => {
    const [one, other] = [newTenant(), newTenant()];
    await surroundings.billing();
    const event = llmCompleted({ tenantId: one });
    await publish(event, { ...event, id: 'other', tenantid: other });
    await countedAs(one, { llm_calls: 1 });
    await countedAs(other, { llm_calls: 1 });
  });
});

describe('events are counted once each', () => {
  const COUNT = 400;

  it('by two processes at once, with every event sent twice', async () => {
    const tenantId = newTenant();
    const both = [await surroundings.billing(), await surroundings.billing()];
    const events = many(COUNT, (index) => llmCompleted({ tenantId }, { cost_microcents: index }));
    await Promise.all([
      publish(...events),
      publish(...events.map((event) => ({ ...event, id: `again-${event.id}` }))),
    ]);
    await countedAs(tenantId, { llm_calls: COUNT, llm_input_tokens: COUNT * 10 });
    await settled();
    const total = (COUNT * (COUNT - 1)) / 2;
    expect(await surroundings.usage(tenantId)).toMatchObject({ total_cost_microcents: total });
    expect(await surroundings.quantities(tenantId)).toMatchObject({ llm_calls: COUNT });
    const counted = await Promise.all(
      both.map((billing) => billing.metric('aos_usage_events_total{source="llm",outcome="counted"}')),
    );
    expect(Math.min(...counted)).toBeGreaterThan(0);
  });

  it('when the process drains in the middle', async () => {
    const tenantId = newTenant();
    const first = await surroundings.billing();
    await publish(...many(COUNT, () => llmCompleted({ tenantId })));
    await waitUntil(() => hasCounted(first), { what: 'the first counted' });
    await first.close();
    await surroundings.billing();
    await countedAs(tenantId, { llm_calls: COUNT });
    await settled();
    expect(await surroundings.quantities(tenantId)).toMatchObject({ llm_calls: COUNT });
  });

  it('when NATS is killed in the middle', async () => {
    const tenantId = newTenant();
    const billing = await surroundings.billing();
    await publish(...many(COUNT, () => llmCompleted({ tenantId })));
    await waitUntil(() => hasCounted(billing), { what: 'the first counted' });
    await surroundings.nats.kill();
    await surroundings.nats.restart();
    await countedAs(tenantId, { llm_calls: COUNT });
  });
});

async function hasCounted(billing: Billing): Promise<boolean> {
  return (await billing.metric('aos_usage_events_total{source="llm",outcome="counted"}')) > 0;
}

describe('what cannot be metered goes to the dead letters, and the rest goes on:', () => {
  it('an event without its figures', async () => {
    const tenantId = newTenant();
    await surroundings.billing();
    const poison = { ...llmCompleted({ tenantId }), data: { request_id: 'x' } };
    const sound = [llmCompleted({ tenantId }), runFinished({ tenantId, agentId })];
    await publish(poison, { ...runFinished({ tenantId, agentId }), data: {} }, ...sound);
    await countedAs(tenantId, { llm_calls: 1, runs: 1 });
    await waitUntil(() => dead.length === 2, { what: 'two dead letters' });
    expect(dead).toContain(JSON.stringify(poison));
  });

  it('an event that names another tenant than its subject', async () => {
    const [sender, victim] = [newTenant(), newTenant()];
    const billing = await surroundings.billing();
    const forged = [llmCompleted({ tenantId: victim }), runFinished({ tenantId: victim, agentId })];
    await surroundings.owners.publish(forged, { subjectTenant: sender });
    await waitUntil(() => dead.length === 2, { what: 'two dead letters' });
    await settled();
    expect(await surroundings.quantities(victim)).toEqual({});
    expect(await surroundings.quantities(sender)).toEqual({});
    expect(await billing.metric('aos_usage_events_total{source="run",outcome="refused"}')).toBe(1);
  });

  it('not an event with fields and values this version does not know', async () => {
    const tenantId = newTenant();
    await surroundings.billing();
    const newer = llmCompleted({ tenantId }, { purpose: 'embedding', provider: 'new', stars: 5 });
    await publish(newer);
    await countedAs(tenantId, { llm_calls: 1 });
    expect(dead).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import { llmCompletion } from '@aos/contracts';
import { modelError, toolAnswer, waitUntil } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contextOf, keyedContext, openWorld, requestOf, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
}, 120_000);

beforeEach(() => {
  world.sandbox.requests.length = 0;
  world.sandbox.respondWith(() => undefined);
});

afterAll(() => world.close());

const rowsOf = async (table: string, tenantId: string) =>
  (await world.admin.query(`select * from router.${table} where tenant_id = $1`, [tenantId])).rows;

const SCHEMA = {
  type: 'object',
  properties: { answer: { type: 'string' } },
  required: ['answer'],
  additionalProperties: false,
};

describe('a call of a model', () => {
  it('answers by the contract, priced by what the provider counted', async () => {
    const { complete } = world.replica();
    const outcome = await complete(contextOf(), requestOf({ system: 'Be brief.' }));
    expect(outcome.ok).toBe(true);
    const completion = llmCompletion.parse(outcome.ok && outcome.value);
    expect(completion).toMatchObject({
      provider: 'anthropic',
      model: 'claude-sonnet-5',
      response_model: 'simulated-claude-sonnet-5',
      content: expect.stringContaining('What does shipping cost?'),
      parsed: null,
      stop_reason: 'end_turn',
      replayed: false,
    });
    const { input_tokens: input, output_tokens: output, cost_microcents: cost } = completion;
    expect(cost).toBe(input * 200 + output * 1_000);
    expect(completion.cost_cents).toBe(cost / 1_000_000);
    expect(world.sandbox.requests[0]?.body).toMatchObject({ system: 'Be brief.', max_tokens: 1024 });
  });

  it('leaves its spend and its event, in one transaction, and has it published', async () => {
    const replica = world.replica();
    const context = contextOf();
    const ids = { run_id: randomUUID(), agent_id: randomUUID() };
    const outcome = await replica.complete(context, requestOf({ ...ids, model: 'claude-haiku-4-5' }));
    const completion = llmCompletion.parse(outcome.ok && outcome.value);
    const { tenantId, traceparent } = context;
    const [cost, ...moreCosts] = await rowsOf('llm_costs', tenantId);
    expect(moreCosts).toEqual([]);
    expect(cost).toMatchObject({
      ...ids,
      tenant_id: tenantId,
      request_id: completion.request_id,
      purpose: 'skill',
      model: 'claude-haiku-4-5-20251001',
      response_model: 'simulated-claude-haiku-4-5-20251001',
      input_tokens: String(completion.input_tokens),
      output_tokens: String(completion.output_tokens),
      cost_microcents: String(completion.cost_microcents),
    });
    expect(Number(cost.cost_cents)).toBe(completion.cost_cents);
    const [message, ...moreMessages] = await rowsOf('outbox', tenantId);
    expect(moreMessages).toEqual([]);
    expect(message).toMatchObject({
      event_id: `${completion.request_id}-completed`,
      subject: `aos.events.v1.${tenantId}.${ids.agent_id}.llm.${completion.request_id}.llm.completed`,
      traceparent,
      payload: { type: 'llm.completed', runid: ids.run_id, data: { request_id: completion.request_id } },
    });
    expect(replica.kicks).toBe(1);
    expect(JSON.stringify([cost, message])).not.toContain('shipping');
  });

  it('counts what came from the cache and went into it at its own prices', async () => {
    world.sandbox.respondWith(({ body }) => {
      const message = toolAnswer(body, 'respond', {});
      const usage = { cache_read_input_tokens: 1_000, cache_creation_input_tokens: 100 };
      return {
        body: { ...message, usage: { ...message.usage, ...usage, input_tokens: 10, output_tokens: 1 } },
      };
    });
    const { complete } = world.replica();
    const outcome = await complete(contextOf(), requestOf());
    expect(outcome).toMatchObject({
      value: {
        input_tokens: 1_110,
        cache_read_tokens: 1_000,
        cache_write_tokens: 100,
        output_tokens: 1,
        cost_microcents: 10 * 200 + 1_000 * 20 + 100 * 250 + 1_000,
      },
    });
  });

  it('gives the object that was asked for by a schema', async () => {
    const { complete } = world.replica();
    const outcome = await complete(contextOf(), requestOf({ response_schema: SCHEMA }));
    expect(outcome).toMatchObject({
      value: { parsed: { answer: expect.any(String) }, stop_reason: 'end_turn' },
    });
    expect(world.sandbox.requests[0]?.body).toMatchObject({
      tools: [{ name: 'respond', input_schema: SCHEMA }],
      tool_choice: { type: 'tool', name: 'respond' },
    });
  });

  it('has a plan handed in by a tool of its own name', async () => {
    world.sandbox.respondWith(({ body }) => ({ body: toolAnswer(body, 'submit_plan', { steps: [] }) }));
    const { complete } = world.replica();
    const outcome = await complete(contextOf(), requestOf({ purpose: 'planning', response_schema: SCHEMA }));
    expect(outcome).toMatchObject({ value: { parsed: { steps: [] } } });
    expect(world.sandbox.requests[0]?.body.tool_choice).toMatchObject({ type: 'tool', name: 'submit_plan' });
  });
});

describe('the choice of the model', () => {
  it('refuses an unknown one with near names, and calls nothing', async () => {
    const { complete } = world.replica();
    const outcome = await complete(contextOf(), requestOf({ model: 'claude-sonnet-55' }));
    expect(outcome).toMatchObject({
      error: {
        code: 'invalid_request',
        details: { issues: [{ field: '/model', message: expect.stringContaining('claude-sonnet-5') }] },
      },
    });
    expect(world.sandbox.requests).toEqual([]);
  });

  it('refuses more output than the model can write', async () => {
    const { complete } = world.replica();
    const asked = requestOf({ model: 'claude-opus-4-1', max_tokens: 32_001 });
    expect(await complete(contextOf(), asked)).toMatchObject({
      error: { code: 'invalid_request', details: { issues: [{ field: '/max_tokens' }] } },
    });
    expect(world.sandbox.requests).toEqual([]);
  });

  it('calls a model past its end as asked, and tells of it once', async () => {
    const { complete, told } = world.replica();
    for (const model of ['claude-sonnet-4-20250514', 'claude-sonnet-4-0', 'claude-sonnet-4-20250514']) {
      expect(await complete(contextOf(), requestOf({ model }))).toMatchObject({
        value: { model: 'claude-sonnet-4-20250514' },
      });
    }
    expect(world.sandbox.requests.map(({ body }) => body.model)).toEqual(
      Array(3).fill('claude-sonnet-4-20250514'),
    );
    expect(told.ending).toEqual([
      {
        model: 'claude-sonnet-4-20250514',
        endOfLife: '2026-06-15',
        successor: 'claude-sonnet-5',
        isOver: true,
      },
    ]);
  });
});

describe('the cap of the cost', () => {
  it('refuses before the call, with the estimate, and takes no key', async () => {
    const { complete } = world.replica();
    const context = keyedContext();
    const refused = await complete(context, requestOf({ max_cost_microcents: 1_000_000 }));
    expect(refused).toMatchObject({
      error: {
        code: 'budget_exceeded',
        details: { estimate_microcents: expect.any(Number), max_cost_microcents: 1_000_000 },
      },
    });
    expect(world.sandbox.requests).toEqual([]);
    expect(await rowsOf('llm_costs', context.tenantId)).toEqual([]);
    expect(await complete(context, requestOf({ max_tokens: 900 }))).toMatchObject({ ok: true });
  });

  it('lets a call pass whose estimate is just within it', async () => {
    const { complete } = world.replica();
    const refused = await complete(contextOf(), requestOf({ max_cost_microcents: 0 }));
    const estimate = refused.ok ? 0 : Number(refused.error.details?.['estimate_microcents']);
    expect(await complete(contextOf(), requestOf({ max_cost_microcents: estimate - 1 }))).toMatchObject({
      ok: false,
    });
    const passed = await complete(contextOf(), requestOf({ max_cost_microcents: estimate }));
    expect(passed.ok && passed.value.cost_microcents).toBeLessThanOrEqual(estimate);
  });
});

describe('a call that fails', () => {
  it('costs nothing and is told', async () => {
    world.sandbox.respondWith(() => modelError(529));
    const { complete, told } = world.replica();
    const context = contextOf();
    expect(await complete(context, requestOf())).toMatchObject({
      error: { code: 'upstream_error', retryable: true },
    });
    expect(told.failed).toEqual(['upstream_error']);
    expect(await rowsOf('llm_costs', context.tenantId)).toEqual([]);
    expect(await rowsOf('outbox', context.tenantId)).toEqual([]);
  });

  it('ends with the deadline of its caller, before the timeout of the provider', async () => {
    world.sandbox.respondWith(() => 'hang');
    const { complete } = world.replica({ timeoutMs: 60_000 });
    const startedMs = performance.now();
    const outcome = await complete(contextOf({ deadlineMs: Date.now() + 300 }), requestOf());
    expect(outcome).toMatchObject({ error: { code: 'deadline_exceeded' } });
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });
});

describe('a spend that cannot be recorded at once', () => {
  it('holds the answer back until it is, and then is recorded once', async () => {
    let attempts = 0;
    const { complete, told } = world.replica({
      spends: (real) => ({
        ...real,
        record: async (call) => {
          attempts += 1;
          if (attempts === 1) return awayError;
          const recorded = await real.record(call);
          // The commit has happened, but its answer was lost.
          return attempts === 2 ? awayError : recorded;
        },
      }),
    });
    const context = keyedContext();
    expect(await complete(context, requestOf())).toMatchObject({ ok: true });
    expect([attempts, told.troubles.length]).toEqual([3, 2]);
    expect(await rowsOf('llm_costs', context.tenantId)).toHaveLength(1);
    expect(await rowsOf('outbox', context.tenantId)).toHaveLength(1);
    expect(await rowsOf('llm_replies', context.tenantId)).toMatchObject([{ status: 'done' }]);
  });

  it('is recorded although its caller gave up after the provider answered, and replayed to who asks again', async () => {
    let isAway = true;
    const { complete, recorder } = world.replica({
      spends: (real) => ({ ...real, record: async (call) => (isAway ? awayError : real.record(call)) }),
    });
    const context = keyedContext({ deadlineMs: Date.now() + 400 });
    expect(await complete(context, requestOf())).toMatchObject({ error: { code: 'deadline_exceeded' } });
    isAway = false;
    await recorder.idle();
    expect(await rowsOf('llm_costs', context.tenantId)).toHaveLength(1);
    const again = await complete({ ...context, deadlineMs: Date.now() + 5_000 }, requestOf());
    expect(again).toMatchObject({ value: { replayed: true } });
    expect(world.sandbox.requests).toHaveLength(1);
  });

  it('is told with its figures when it cannot be recorded at all, and its answer is not given', async () => {
    const { complete, told } = world.replica({
      patienceMs: 250,
      spends: (real) => ({ ...real, record: async () => awayError }),
    });
    const outcome = await complete(keyedContext(), requestOf());
    expect(outcome).toMatchObject({ error: { code: 'unavailable', retryable: true } });
    expect(told.lost).toEqual(told.answered);
    expect(told.lost).toHaveLength(1);
  });

  it('is told when the process ends before it can be', async () => {
    const { complete, recorder, told } = world.replica({
      spends: (real) => ({ ...real, record: async () => awayError }),
    });
    const held = complete(contextOf(), requestOf());
    await waitUntil(() => told.troubles.length > 0, { what: 'the first attempt' });
    recorder.giveUp();
    await recorder.idle();
    expect(told.lost).toHaveLength(1);
    expect(await held).toMatchObject({ error: { code: 'unavailable' } });
  });

  it('is told at once when a bug prevents it', async () => {
    const { complete, told } = world.replica({
      spends: (real) => ({ ...real, record: () => Promise.reject(new Error('a column is missing')) }),
    });
    expect(await complete(contextOf(), requestOf())).toMatchObject({ error: { code: 'unavailable' } });
    await waitUntil(() => told.lost.length === 1, { what: 'the loss is told' });
  });
});

const awayError = {
  ok: false as const,
  error: { code: 'unavailable', message: 'away', retryable: true, owner: 'platform' as const },
};

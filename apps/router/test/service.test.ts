import { randomUUID } from 'node:crypto';
import { llmComplete, llmExport, type Command } from '@aos/contracts';
import { modelError, textAnswer, waitUntil } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSurroundings, type Surroundings } from './surroundings.ts';
import { contextOf, keyedContext, requestOf } from './world.ts';

const API_KEY = 'sk-of-the-tests-that-nobody-may-see';

/** The command for a caller whose types do not keep it from mistakes. */
const unchecked: Command = llmComplete;

let around: Surroundings;

beforeAll(async () => {
  around = await startSurroundings(API_KEY);
}, 120_000);

beforeEach(() => {
  around.sandbox.requests.length = 0;
  around.sandbox.respondWith(() => undefined);
});

afterAll(() => around.stop());

describe('what is sent', () => {
  it.each([
    ['nothing', {}, '/messages'],
    ['no message', { purpose: 'skill', messages: [] }, '/messages'],
    [
      'an empty message',
      { purpose: 'skill', messages: [{ role: 'user', content: '' }] },
      '/messages/0/content',
    ],
    ['another purpose', { ...requestOf(), purpose: 'fun' }, '/purpose'],
    ['an unknown field', { ...requestOf(), stream: true }, '/stream'],
    ['a temperature out of range', { ...requestOf(), temperature: 2 }, '/temperature'],
    ['a run that is none', { ...requestOf(), run_id: 'r' }, '/run_id'],
    ['a text over its limit', { ...requestOf(), system: 'x'.repeat(100_001) }, '/system'],
  ])('is refused by field: %s', async (_what, input, field) => {
    const outcome = await around.caller.request(unchecked, contextOf(), input);
    expect(outcome).toMatchObject({ error: { code: 'invalid_request', retryable: false } });
    const issues = outcome.ok ? [] : outcome.error.details?.['issues'];
    expect(issues).toContainEqual(expect.objectContaining({ field }));
    expect(around.sandbox.requests).toEqual([]);
  });

  it('is refused without a tenant', async () => {
    expect(await around.ask(requestOf(), contextOf({ tenantId: '' }))).toMatchObject({
      error: { code: 'tenant_required' },
    });
  });

  it('may be as large as a message of NATS, and no larger', async () => {
    const half = { role: 'user' as const, content: 'x'.repeat(250_000) };
    expect(await around.ask(requestOf({ messages: [half, half] }))).toMatchObject({ ok: true });
    expect(await around.ask(requestOf({ messages: [half, half, half] }))).toMatchObject({
      error: { code: 'payload_limit' },
    });
  });
});

describe('what comes back', () => {
  it('is metered although it is too large to be answered', async () => {
    around.sandbox.respondWith(({ body }) => ({
      body: textAnswer({ ...body, max_tokens: 1_000_000 }, 'x'.repeat(600_000)),
    }));
    const context = contextOf();
    expect(await around.ask(requestOf(), context)).toMatchObject({ error: { code: 'payload_limit' } });
    expect(await around.costsOf(context.tenantId)).toBe(1);
  });

  it("is the provider's refusal to take more for now, with its pause", async () => {
    around.sandbox.respondWith(() => modelError(429, 'slow down', { 'retry-after': '7' }));
    expect(await around.ask()).toMatchObject({
      error: { code: 'rate_limited', retryable: true, retry_after_ms: 7_000 },
    });
  });
});

describe('llm.completed', () => {
  it('is published, and exported as the same event when it is some seconds old', async () => {
    const from = new Date(Date.now() - 1_000).toISOString();
    const context = contextOf();
    const ids = { run_id: randomUUID(), agent_id: randomUUID() };
    const answered = await around.ask(requestOf(ids), context);
    if (!answered.ok) throw new Error(answered.error.message);
    const published = await around.eventOf(answered.value.request_id);
    expect(published).toMatchObject({
      tenantid: context.tenantId,
      runid: ids.run_id,
      agentid: ids.agent_id,
      data: { request_id: answered.value.request_id, cost_microcents: answered.value.cost_microcents },
    });
    const exported = async () => {
      const page = await around.billing.request(llmExport, contextOf({ tenantId: '' }), { from, limit: 200 });
      return page.ok ? page.value.events.find(({ id }) => id === published.id) : undefined;
    };
    expect(await exported()).toBeUndefined();
    expect(await waitUntil(exported, { what: 'the event is exported' })).toEqual(published);
  });
});

describe('the service', () => {
  it('tells of models in its health', async () => {
    const health = await fetch(`${around.router.url}/health`);
    expect(await health.json()).toMatchObject({
      status: 'healthy',
      components: {
        models: { status: 'healthy' },
        database: { status: 'healthy' },
        nats: { status: 'healthy' },
      },
    });
  });

  it('has the metrics of model calls', async () => {
    const context = contextOf();
    const agentId = randomUUID();
    const answered = await around.ask(requestOf({ agent_id: agentId }), context);
    if (!answered.ok) throw new Error(answered.error.message);
    const { input_tokens: input, output_tokens: output, cost_cents: cents } = answered.value;
    around.sandbox.respondWith(() => modelError(500));
    await around.ask(requestOf(), context);
    const text = await (await fetch(`${around.router.url}/metrics`)).text();
    const who = `provider="anthropic",model="claude-sonnet-5",tenant_id="${context.tenantId}"`;
    const ofAgent = `${who},agent_id="${agentId}"`;
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        `nova_llm_tokens_total{${ofAgent},token_type="input"} ${input}`,
        `nova_llm_tokens_total{${ofAgent},token_type="output"} ${output}`,
        `nova_llm_cost_cents_total{${ofAgent}} ${cents}`,
        `nova_llm_invocations_total{${ofAgent},status="success"} 1`,
        `nova_llm_invocations_total{${who},agent_id="none",status="upstream_error"} 1`,
        `nova_llm_duration_seconds_count{${who}} 1`,
      ]),
    );
  });

  it('keeps prompts, answers and its key out of log and events', async () => {
    const prompt = `prompt-${randomUUID()}`;
    const request = requestOf({ system: prompt, messages: [{ role: 'user', content: prompt }] });
    const answered = await around.ask(request, keyedContext());
    if (!answered.ok) throw new Error(answered.error.message);
    await around.eventOf(answered.value.request_id);
    for (const status of [400, 401, 500]) {
      around.sandbox.respondWith(() => modelError(status, `${prompt} ${API_KEY}`));
      await around.ask(request, keyedContext());
    }
    const { router, events } = around;
    const told = [...router.logs, JSON.stringify(events)].join('\n');
    expect(told).toContain('a model call failed');
    for (const secret of [prompt, answered.value.content, API_KEY]) expect(told).not.toContain(secret);
  });
});

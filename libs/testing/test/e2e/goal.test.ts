import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  startHttpReceiver,
  startTestStack,
  waitUntil,
  type HttpReceiver,
  type TestStack,
} from '@aos/testing';
import { Webhook } from 'standardwebhooks';
import { Api, callerOf } from './api.ts';
import { holdAnswers } from './gate.ts';
import { transform, webhook, type Step } from './steps.ts';
import { Watcher } from './watcher.ts';

let stack: TestStack;
let prices: HttpReceiver;
let hooks: HttpReceiver;
let api: Api;

beforeAll(async () => {
  stack = await startTestStack({
    env: { EGRESS_ALLOW: '127.0.0.1', RATE_LIMIT_ENABLED: 'false' },
  });
  [prices, hooks] = await Promise.all([startHttpReceiver(), startHttpReceiver()]);
  const headers = { 'content-type': 'application/json' };
  prices.respondWith(() => ({ headers, body: '{"bitcoin":{"usd":64000.5}}' }));
  api = new Api(stack.gatewayUrl, stack.apiKey);
});
afterAll(async () => {
  await Promise.all([stack.stop(), prices.close(), hooks.close()]);
});
beforeEach(() => {
  hooks.requests.length = 0;
  hooks.respondWith(() => ({}));
});

const hook = (more: Step = {}): Step => webhook(`${hooks.url}/hook`, more);
const pricePlan = (): Step[] => [
  { step_id: 'fetch', skill: 'http_call', params: { url: `${prices.url}/price` } },
  { step_id: 'pick', skill: 'json_transform', params: { query: '.bitcoin.usd' } },
  { step_id: 'notify', skill: 'webhook_send', params: { url: `${hooks.url}/slack` } },
];

const refusalOf = (field: string) => ({ status: 400, body: { details: { issues: [{ field }] } } });

describe('a plan', () => {
  it('is simulated: feasible within its cost, infeasible below it, and nothing is called', async () => {
    const plan = pricePlan();
    const simulate = (cents: number) =>
      api.send('POST /runtime/simulate', { body: { plan, budget_cents: cents } });
    expect((await simulate(1)).body).toMatchObject({
      feasible: true,
      status: 'FEASIBLE',
      cost_microcents: 21_000,
    });
    expect((await simulate(0.020_999)).body).toMatchObject({
      feasible: false,
      status: 'INFEASIBLE',
      risks: expect.arrayContaining([expect.objectContaining({ step_id: 'notify', code: 'BUDGET' })]),
    });
    expect(hooks.requests).toEqual([]);
  });
});

describe('a goal', () => {
  it('runs end to end: its steps, what they cost, and a webhook that verifies', async () => {
    const agent = await api.createAgent({ budget_cents: 1 });
    const runId = await api.start(agent.agent_id, pricePlan());
    const run = await api.ended(runId);
    expect(run).toMatchObject({
      status: 'succeeded',
      cost_microcents: 21_000,
      cost_cents: 0.021,
      plan: { metadata: { planner: 'caller' }, steps: [{ step_id: 'fetch' }, { step_id: 'pick' }, {}] },
      outcome: { error: null, output: { status: 200 } },
    });
    expect(run.steps).toMatchObject([
      { step_id: 'fetch', status: 'succeeded', attempts: 1, output: { body: { bitcoin: { usd: 64000.5 } } } },
      { step_id: 'pick', status: 'succeeded', output: { result: 64000.5 }, cost_microcents: 1_000 },
      { step_id: 'notify', status: 'succeeded', cost_microcents: 10_000 },
    ]);

    const [sent] = hooks.requests;
    const state = dirname(dirname(stack.services.orchestrator.logFile));
    const secret = readFileSync(join(state, 'webhook-keys/v1'), 'utf8').trim();
    const headers = Object.fromEntries(Object.entries(sent?.headers ?? {}).map(([k, v]) => [k, String(v)]));
    expect(new Webhook(secret).verify(sent?.body ?? '', headers)).toBe(64000.5);
    expect(run.steps[2]?.idempotency_key).toBe(headers['webhook-id']);
    expect(hooks.requests).toHaveLength(1);
  });

  it('is seen live and by a late watcher: every event once, in order, to the end', async () => {
    const agent = await api.createAgent();
    const gate = holdAnswers(hooks);
    const runId = await api.start(agent.agent_id, pricePlan());
    const live = await Watcher.open(stack, api.key);
    await live.subscribe(runId);
    await waitUntil(() => hooks.requests.length > 0, { what: 'the webhook' });
    gate.open();
    const seenLive = await live.whole(runId);
    const late = await Watcher.open(stack, api.key);
    await late.subscribe(runId);
    const seenLate = await late.whole(runId);

    const journal = await api.events(runId);
    expect(journal.map(({ runseq }) => runseq)).toEqual(journal.map((_event, index) => index + 1));
    expect(journal.map(({ type }) => type)).toEqual([
      'run.queued',
      'plan.created',
      'run.started',
      'step.finished',
      'step.finished',
      'tool.call.requested',
      'tool.call.succeeded',
      'step.finished',
      'run.finished',
    ]);
    expect(seenLive).toEqual(journal);
    expect(seenLate).toEqual(journal);
    live.close();
    late.close();
  });

  it('settles what it has really cost: no more is reserved, spent is the sum', async () => {
    const agent = await api.createAgent({ budget_cents: 10 });
    const steps = [transform('1'), transform('2'), transform('3')];
    await api.ended(await api.start(agent.agent_id, steps, { est_cost_cents: 5 }));
    await api.ended(await api.start(agent.agent_id, [transform('1'), transform('error')]));
    expect(await api.getAgent(agent.agent_id)).toMatchObject({
      spent_microcents: 4_000,
      spent_cents: 0.004,
      reserved_microcents: 0,
      open_runs: 0,
    });
  });

  it('may take no more steps than agent and goal allow', async () => {
    const agent = await api.createAgent({ max_steps: 2 });
    const plan = [transform('1'), transform('2'), transform('3')];
    const issues = refusalOf('/plan');
    expect(await api.submit(agent.agent_id, { plan })).toMatchObject(issues);
    expect(await api.submit(agent.agent_id, { plan, max_steps: 3 })).toMatchObject(issues);
    expect(await api.submit(agent.agent_id, { plan: plan.slice(1), max_steps: 1 })).toMatchObject(issues);
    await api.start(agent.agent_id, plan.slice(1));
  });

  it('may use no skill that its agent may not', async () => {
    const agent = await api.createAgent({ skills: ['json_transform'] });
    const refused = await api.submit(agent.agent_id, { plan: pricePlan() });
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(refused.body['detail']).toContain('http_call');
    await api.start(agent.agent_id, [transform('1')]);
  });
});

describe('a step that fails', () => {
  it('is tried again with growing waits, under one key, for all to see', async () => {
    const agent = await api.createAgent();
    hooks.respondWith(() => ({ status: hooks.requests.length < 3 ? 503 : 200 }));
    const retry = { maximum_attempts: 5, initial_interval_ms: 200, backoff_coefficient: 4 };
    const runId = await api.start(agent.agent_id, [hook({ retry })]);
    expect(await api.ended(runId)).toMatchObject({ status: 'succeeded', steps: [{ attempts: 3 }] });
    const failures = (await api.events(runId)).filter(({ type }) => type === 'tool.call.failed');
    const waits = failures.map(({ data, time }) => {
      const { next_attempt_at: at } = Object.assign({ next_attempt_at: '' }, data);
      return Date.parse(at) - Date.parse(time);
    });
    expect(waits).toHaveLength(2);
    expect(waits[0]).toBeGreaterThanOrEqual(90);
    expect(waits[1]).toBeGreaterThanOrEqual(390);
    expect(waits[1]).toBeLessThanOrEqual(800);
    expect(new Set(hooks.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('waits long outside of its slot, and says why and until when', async () => {
    const agent = await api.createAgent({ max_concurrent_runs: 1 });
    hooks.respondWith(() => ({ status: 503 }));
    // Longer than a slot is kept.
    const retry = { initial_interval_ms: 60_000 };
    const runId = await api.start(agent.agent_id, [hook({ retry })]);
    const waiting = await api.runWhen(runId, ({ status }) => status === 'waiting');
    expect(waiting).toMatchObject({ waiting_reason: 'retry', steps: [{ status: 'waiting', attempts: 1 }] });
    expect(Date.parse(waiting.next_attempt_at ?? '')).toBeGreaterThan(Date.now() + 20_000);
    expect((await api.getAgent(agent.agent_id)).open_runs).toBe(0);

    const other = await api.start(agent.agent_id, [transform('1')]);
    expect(await api.ended(other)).toMatchObject({ status: 'succeeded' });
    await api.send(`POST /runs/${runId}/cancel`);
  });

  it('ends the run with its error; later steps are skipped', async () => {
    const agent = await api.createAgent();
    const runId = await api.start(agent.agent_id, [transform('error("no")'), hook()]);
    expect(await api.ended(runId)).toMatchObject({
      status: 'failed',
      outcome: { error: { code: 'skill_failed' } },
      steps: [{ status: 'failed' }, { status: 'skipped' }],
    });
    expect(hooks.requests).toEqual([]);
  });
});

describe('a payload over its limit', () => {
  it('is refused: 16 MB as the output of a step, 32 KB as a plan or context, with the limit named', async () => {
    const agent = await api.createAgent();
    const runId = await api.start(agent.agent_id, [transform('"x" * 17000000')]);
    const { outcome } = await api.ended(runId);
    expect(outcome?.error).toMatchObject({ code: 'payload_limit', retryable: false });
    expect(outcome?.error?.message).toContain('16777216');

    const large = 'x'.repeat(40_000);
    const plan = [hook({ params: { url: hooks.url, payload: large } })];
    expect(await api.submit(agent.agent_id, { plan })).toMatchObject(refusalOf('/plan'));
    const context = { large };
    expect(await api.submit(agent.agent_id, { plan: [hook()], context })).toMatchObject(
      refusalOf('/context'),
    );
  });
});

describe('another tenant', () => {
  it('finds neither run nor agent, cannot cancel, watch or list them', async () => {
    const [acme, globex] = await Promise.all([callerOf(stack, 'acme'), callerOf(stack, 'globex')]);
    const agent = await acme.createAgent();
    const runId = await acme.start(agent.agent_id, [transform('1')]);
    await acme.ended(runId);
    for (const request of [
      `GET /runs/${runId}`,
      `GET /runs/${runId}/events`,
      `POST /runs/${runId}/cancel`,
      `GET /agents/${agent.agent_id}`,
      `DELETE /agents/${agent.agent_id}`,
      `GET /runtime/capabilities?agent_id=${agent.agent_id}`,
    ]) {
      expect({ request, ...(await globex.send(request)) }).toMatchObject({ request, status: 404 });
    }
    expect(await globex.submit(agent.agent_id, { plan: [transform('1')] })).toMatchObject({ status: 404 });
    expect((await globex.send('GET /runs')).body).toMatchObject({ data: [] });
    expect((await globex.send('GET /agents')).body).toMatchObject({ data: [] });
    const spy = await Watcher.open(stack, globex.key);
    expect(await spy.subscribe(runId)).toMatchObject({ op: 'error', code: 'not_found' });
    spy.close();
    expect(await acme.getRun(runId)).toMatchObject({ status: 'succeeded' });
  });
});

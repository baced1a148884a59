import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  startHttpReceiver,
  startTestStack,
  waitUntil,
  type HttpReceiver,
  type TestStack,
} from '@aos/testing';
import { Api, callerOf, type Answer } from './api.ts';
import { holdAnswers } from './gate.ts';
import { transform, webhook, type Step } from './steps.ts';

let stack: TestStack;
let hooks: HttpReceiver;
let api: Api;

/** Two orchestrators: what one admits counts for the other. */
beforeAll(async () => {
  stack = await startTestStack({
    env: { EGRESS_ALLOW: '127.0.0.1', RATE_LIMIT_ENABLED: 'false' },
    services: ['api-gateway', 'orchestrator'],
  });
  await stack.startAnother('orchestrator');
  hooks = await startHttpReceiver();
  api = new Api(stack.gatewayUrl, stack.apiKey);
});
afterAll(async () => {
  await stack.stop();
  await hooks.close();
});
beforeEach(() => {
  hooks.requests.length = 0;
  hooks.respondWith(() => ({}));
});

const hook = (more: Step = {}): Step => webhook(`${hooks.url}/hook`, more);

/** Over connections that are open already, so that they come close enough to be judged in one batch. */
async function submitAtOnce(
  count: number,
  agentId: string,
  goal: Record<string, unknown>,
): Promise<Answer[]> {
  const atOnce = <T>(ask: () => Promise<T>) => Promise.all(Array.from({ length: count }, ask));
  await atOnce(() => api.getAgent(agentId));
  return atOnce(() => api.submit(agentId, goal));
}
const withStatus = (answers: Answer[], wanted: number) => answers.filter(({ status }) => status === wanted);
const runIdsOf = (answers: Answer[]) => answers.map(({ body }) => String(body['run_id']));

describe('submits at the same time', () => {
  it('that are equal are one run and one side effect', async () => {
    const agent = await api.createAgent();
    const answers = await submitAtOnce(50, agent.agent_id, { plan: [hook()], idempotency_key: 'fifty' });
    expect(withStatus(answers, 202)).toHaveLength(1);
    expect(withStatus(answers, 200)).toHaveLength(49);
    const [runId = '', ...others] = new Set(runIdsOf(answers));
    expect(others).toEqual([]);
    expect(await api.ended(runId)).toMatchObject({ status: 'succeeded' });
    const listed = await api.send(`GET /runs?agent_id=${agent.agent_id}`);
    expect(listed.body['data']).toHaveLength(1);
    expect(hooks.requests).toHaveLength(1);
    expect(await api.getAgent(agent.agent_id)).toMatchObject({ open_runs: 0, spent_microcents: 10_000 });
  });

  it('are accepted exactly as far as the budget reaches, the others are 402', async () => {
    const agent = await api.createAgent({ budget_cents: 5, max_concurrent_runs: 1000 });
    const gate = holdAnswers(hooks);
    const answers = await submitAtOnce(20, agent.agent_id, { plan: [hook()], est_cost_cents: 1 });
    expect(withStatus(answers, 202)).toHaveLength(5);
    const refused = withStatus(answers, 402);
    expect(refused).toHaveLength(15);
    for (const { body } of refused) {
      expect(body).toMatchObject({ code: 'budget_exceeded', details: { free_microcents: 0 } });
    }
    expect(await api.getAgent(agent.agent_id)).toMatchObject({ reserved_cents: 5, open_runs: 5 });

    gate.open();
    for (const runId of runIdsOf(withStatus(answers, 202))) await api.ended(runId);
    expect(hooks.requests).toHaveLength(5);
    expect(await api.getAgent(agent.agent_id)).toMatchObject({
      reserved_cents: 0,
      open_runs: 0,
      spent_microcents: 50_000,
    });
  });

  it('beyond the open runs of the agent are 429 and say when to come back', async () => {
    const agent = await api.createAgent({ max_concurrent_runs: 3 });
    const gate = holdAnswers(hooks);
    const answers = await submitAtOnce(10, agent.agent_id, { plan: [hook()] });
    const taken = withStatus(answers, 202);
    expect(taken).toHaveLength(3);
    const refused = withStatus(answers, 429);
    expect(refused).toHaveLength(7);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ code: 'too_many_open_runs', retryable: true });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    gate.open();
    for (const runId of runIdsOf(taken)) await api.ended(runId);
    const next = () => api.submit(agent.agent_id, { plan: [transform('1')] });
    await waitUntil(async () => (await next()).status === 202, { what: 'a place for the next run' });
  });
});

describe('an idempotency key', () => {
  it('gives the first run again for the same body, whatever became of it, and 422 for another', async () => {
    const agent = await api.createAgent();
    const goal = { plan: [hook()], idempotency_key: 'once' };
    const first = await api.submit(agent.agent_id, goal);
    expect(first).toMatchObject({ status: 202, body: { replayed: false } });
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const runId = String(first.body['run_id']);
    await api.ended(runId);
    const again = await api.submit(agent.agent_id, goal);
    expect(again).toMatchObject({ status: 200, body: { run_id: runId, status: 'succeeded' } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await api.submit(agent.agent_id, { ...goal, goal: 'another' })).toMatchObject({
      status: 422,
      body: { code: 'idempotency_conflict' },
    });
    expect(hooks.requests).toHaveLength(1);
  });

  it('is the tenant’s own, and is not used up by a refusal', async () => {
    const agent = await api.createAgent({ max_steps: 1 });
    const key = { idempotency_key: 'mine' };
    const tooLong = { plan: [transform('1'), transform('2')], ...key };
    expect((await api.submit(agent.agent_id, tooLong)).status).toBe(400);
    expect((await api.submit(agent.agent_id, { plan: [transform('1')], ...key })).status).toBe(202);
    const other = await callerOf(stack, 'initech');
    const theirs = await other.createAgent();
    expect((await other.submit(theirs.agent_id, { plan: [transform('2')], ...key })).status).toBe(202);
  });
});

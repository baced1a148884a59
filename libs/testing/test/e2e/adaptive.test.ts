import { startHttpReceiver, startTestStack, type HttpReceiver, type TestStack } from '@aos/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from './api.ts';

const env = { EGRESS_ALLOW: '127.0.0.1', RATE_LIMIT_ENABLED: 'false' };
const SERVICES = ['api-gateway', 'orchestrator', 'router'] as const;
const RUN_MS = 40_000;

describe('an adaptive run, over HTTP', () => {
  let stack: TestStack;
  let broken: HttpReceiver;
  let orders: HttpReceiver;
  let hooks: HttpReceiver;
  let api: Api;
  beforeAll(async () => {
    [broken, orders, hooks] = await Promise.all([
      startHttpReceiver(),
      startHttpReceiver(),
      startHttpReceiver(),
    ]);
    broken.respondWith(() => ({ status: 404 }));
    orders.respondWith(() => ({
      headers: { 'content-type': 'application/json' },
      body: '[{"amount":12.5},{"amount":30}]',
    }));
    stack = await startTestStack({ services: SERVICES, modelSandbox: true, env });
    api = new Api(stack.gatewayUrl, stack.apiKey);
  });
  afterAll(() => Promise.all([stack.stop(), broken.close(), orders.close(), hooks.close()]));

  it('reaches its goal another way when a step fails, and shows how it came to it', async () => {
    const goal = `Fetch the orders from ${broken.url}/orders, or else from ${orders.url}/orders, and total their amounts. Send the total to ${hooks.url}/total.`;
    const { agent_id: agentId } = await api.createAgent({ planning_mode: 'adaptive' });
    const { status, body } = await api.submit(agentId, { goal });
    expect(status).toBe(202);
    const run = await api.ended(String(body['run_id']), RUN_MS);
    expect(run).toMatchObject({
      status: 'succeeded',
      planning_mode: 'adaptive',
      steps: [
        { step_id: 'fetch', status: 'failed' },
        { step_id: 'fetch_elsewhere', status: 'succeeded' },
        { step_id: 'transform', status: 'succeeded', output: { result: 42.5 } },
        { step_id: 'notify', status: 'succeeded' },
      ],
      plan_revisions: [
        { decision: 'plan', planner: 'anthropic' },
        { decision: 'change', steps_added: ['fetch_elsewhere'], steps_dropped: [] },
        { decision: 'end', reasoning: expect.stringContaining('Simulated decision') },
      ],
    });
    expect(hooks.requests.map(({ body: sent }) => JSON.parse(sent))).toEqual([{ text: 'Total: 42.5' }]);
    const asked = (run.plan_revisions ?? []).map(({ cost_microcents }) => cost_microcents);
    expect(asked.every((cost) => cost > 0)).toBe(true);
    expect(stack.modelSandbox.requests).toHaveLength(3);
  });

  it('leaves out what failed where the rest can do without it', async () => {
    const { agent_id: agentId } = await api.createAgent({ planning_mode: 'adaptive' });
    const goal = `Fetch ${broken.url}/orders, and put a 30 min meeting "Orders" on my calendar, 2030-01-07 10:00`;
    const { body } = await api.submit(agentId, { goal });
    const run = await api.ended(String(body['run_id']), RUN_MS);
    expect(run).toMatchObject({
      status: 'succeeded',
      steps: [
        { step_id: 'fetch', status: 'failed' },
        { step_id: 'calendar', status: 'succeeded' },
      ],
    });
  });

  it('fails honestly where no other way is left', async () => {
    const { agent_id: agentId } = await api.createAgent();
    const goal = `Fetch ${broken.url}/orders and total the amounts`;
    const { body } = await api.submit(agentId, { goal, planning_mode: 'adaptive' });
    const run = await api.ended(String(body['run_id']), RUN_MS);
    expect(run).toMatchObject({
      status: 'failed',
      outcome: { error: { code: 'goal_given_up', details: { step_id: 'fetch' } } },
    });
  });
});

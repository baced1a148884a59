import type { Run } from '@aos/contracts';
import {
  startHttpReceiver,
  startTestStack,
  toolAnswer,
  waitUntil,
  type HttpReceiver,
  type ModelRequest,
  type TestStack,
} from '@aos/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { adminPool } from './admin-pool.ts';
import { Api } from './api.ts';

/** A lease of 10 s must end before another process may take over. */
const RECOVERY_MS = 40_000;
/** Long enough for killing a process while a model thinks. */
const THINKING_MS = 2_000;

const ANSWERING = ['api-gateway', 'orchestrator', 'router'] as const;
const env = { EGRESS_ALLOW: '127.0.0.1', RATE_LIMIT_ENABLED: 'false' };

interface CostRow {
  model: string;
  purpose: string;
  cost_microcents: number;
  input_tokens: number;
  output_tokens: number;
}

/** What model calls of a run were paid, in order. */
async function paidFor(stack: TestStack, runId: string): Promise<CostRow[]> {
  const pool = adminPool(stack);
  try {
    const { rows } = await pool.query(
      `select model, purpose, cost_microcents::float8, input_tokens::float8, output_tokens::float8
       from router.llm_costs where run_id = $1 order by created_at`,
      [runId],
    );
    return rows;
  } finally {
    await pool.end();
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** Hands in a goal without a plan. */
async function start(api: Api, goal: string, fields: Record<string, unknown> = {}): Promise<string> {
  const { agent_id: agentId } = await api.createAgent(fields);
  const { status, body } = await api.submit(agentId, { goal });
  expect(status).toBe(202);
  return String(body['run_id']);
}

const typesOf = async (api: Api, runId: string) => (await api.events(runId)).map(({ type }) => type);

/** A model's answer whose plan is one step of the skill. */
const planOf = (skill: string, { body }: ModelRequest) =>
  toolAnswer(body, 'submit_plan', {
    reasoning: 'scripted',
    steps: [{ step_id: 'say', skill, params: { input: '${{ goal }}', query: '.' } }],
  });

describe('a goal in words', () => {
  let stack: TestStack;
  let hooks: HttpReceiver;
  let orders: HttpReceiver;
  let api: Api;
  beforeAll(async () => {
    [hooks, orders] = await Promise.all([startHttpReceiver(), startHttpReceiver()]);
    orders.respondWith(() => ({
      headers: { 'content-type': 'application/json' },
      body: '{"orders":[{"amount":12.5},{"amount":30}]}',
    }));
    stack = await startTestStack({ services: ANSWERING, modelSandbox: true, env });
    api = new Api(stack.gatewayUrl, stack.apiKey);
  });
  afterAll(() => Promise.all([stack.stop(), hooks.close(), orders.close()]));
  beforeEach(() => {
    stack.modelSandbox.requests.length = 0;
  });
  afterEach(() => stack.modelSandbox.respondWith(() => undefined));

  it('is planned by a model and run, and costs what the model was paid', async () => {
    const goal = `Fetch the orders from ${orders.url}/orders and total their amounts. Send the total to ${hooks.url}/total.`;
    const runId = await start(api, goal, { budget_cents: 60 });
    const run = await api.ended(runId);
    expect(run).toMatchObject({
      status: 'succeeded',
      plan: {
        metadata: {
          planner: 'anthropic',
          model: 'simulated-claude-sonnet-5',
          reasoning: expect.stringContaining('Simulated plan'),
        },
        steps: [{ skill: 'http_call' }, { skill: 'json_transform' }, { skill: 'webhook_send' }],
      },
    });
    expect(hooks.requests.map(({ body }) => JSON.parse(body))).toEqual([{ text: 'Total: 42.5' }]);

    const paid = await paidFor(stack, runId);
    expect(paid).toMatchObject([{ purpose: 'planning', model: 'claude-sonnet-5' }]);
    expectToCost(run, paid);
    expect(run.plan?.metadata.input_tokens).toBe(paid[0]?.input_tokens);
    expect(await api.getAgent(run.agent_id)).toMatchObject({
      spent_microcents: run.cost_microcents,
      reserved_microcents: 0,
      open_runs: 0,
    });
  });

  it('has a plan that cannot be run sent back once', async () => {
    const skills = ['fly', 'json_transform'];
    stack.modelSandbox.respondWith((request) => ({ body: planOf(skills.shift() ?? 'fly', request) }));
    const runId = await start(api, 'say it');
    const run = await api.ended(runId);
    expect(run).toMatchObject({ status: 'succeeded', outcome: { output: { result: 'say it' } } });
    const [, repair] = stack.modelSandbox.requests;
    expect(JSON.stringify(repair?.body.messages.at(-1))).toContain('there is no skill fly');
    expectToCost(run, await paidFor(stack, runId));
    expect(stack.modelSandbox.requests).toHaveLength(2);
  });

  it('fails where the second plan cannot be run either, and says why', async () => {
    stack.modelSandbox.respondWith((request) => ({ body: planOf('fly', request) }));
    const run = await api.ended(await start(api, 'say it'));
    expect(run).toMatchObject({
      status: 'failed',
      outcome: { error: { code: 'planning_failed', details: { issues: [{ field: '/steps/0/skill' }] } } },
    });
    expectToCost(run, await paidFor(stack, run.run_id));
    expect(stack.modelSandbox.requests).toHaveLength(2);
  });

  it('is planned once, and paid once, although its orchestrator is killed meanwhile', async () => {
    stack.modelSandbox.respondWith((request) => ({
      body: planOf('json_transform', request),
      delayMs: THINKING_MS,
    }));
    const runId = await start(api, 'survive');
    await waitUntil(() => stack.modelSandbox.requests.length === 1, { what: 'the model is asked' });
    await stack.services.orchestrator.kill9();
    await stack.services.orchestrator.restart();
    const run = await api.ended(runId, RECOVERY_MS);
    expect(run).toMatchObject({ status: 'succeeded', outcome: { output: { result: 'survive' } } });
    expect((await typesOf(api, runId)).filter((type) => type.startsWith('plan.'))).toEqual(['plan.created']);
    const paid = await paidFor(stack, runId);
    expect(paid).toHaveLength(1);
    expectToCost(run, paid);
    expect(stack.modelSandbox.requests).toHaveLength(1);
  });

  it('has a model’s answer to a step paid once, although its orchestrator is killed meanwhile', async () => {
    stack.modelSandbox.respondWith(({ body }) => ({
      body: toolAnswer(body, 'respond', { city: 'Rome' }),
      delayMs: THINKING_MS,
    }));
    const { agent_id: agentId } = await api.createAgent();
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const plan = [{ step_id: 'ask', skill: 'llm_invoke', params: { prompt: 'Which city?', schema } }];
    const runId = await api.start(agentId, plan);
    await waitUntil(() => stack.modelSandbox.requests.length === 1, { what: 'the model is asked' });
    await stack.services.orchestrator.kill9();
    await stack.services.orchestrator.restart();
    const run = await api.ended(runId, RECOVERY_MS);
    expect(run).toMatchObject({ status: 'succeeded', outcome: { output: { json: { city: 'Rome' } } } });
    const paid = await paidFor(stack, runId);
    expect(paid).toMatchObject([{ purpose: 'skill' }]);
    expectToCost(run, paid);
    expect(stack.modelSandbox.requests).toHaveLength(1);
  });

  it('waits for its router to come back', async () => {
    await stack.services.router.stop();
    const runId = await start(api, 'say it');
    await api.runWhen(runId, ({ planning }) => planning.attempts > 0);
    await stack.services.router.restart();
    const run = await api.ended(runId, RECOVERY_MS);
    expect(run).toMatchObject({ status: 'succeeded', plan: { metadata: { planner: 'anthropic' } } });
    expect(await paidFor(stack, runId)).toHaveLength(1 + run.steps.filter(isModelCall).length);
  });
});

const isModelCall = ({ skill }: Run['steps'][number]) => skill === 'llm_invoke';

/** The run's cost is what its models were paid and what its other steps cost; its tokens are the models'. */
function expectToCost(run: Run, paid: CostRow[]): void {
  const steps = run.steps.filter((step) => !isModelCall(step)).map((step) => step.cost_microcents);
  expect(run).toMatchObject({
    cost_microcents: sum(paid.map((row) => row.cost_microcents)) + sum(steps),
    input_tokens: sum(paid.map((row) => row.input_tokens)),
    output_tokens: sum(paid.map((row) => row.output_tokens)),
  });
  expect(run.input_tokens).toBeGreaterThan(0);
}

describe('a goal in words without a provider', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack({ services: ANSWERING, env });
  });
  afterAll(() => stack.stop());

  it('gets a stub that says it is one', async () => {
    const api = new Api(stack.gatewayUrl, stack.apiKey);
    const run = await api.ended(await start(api, 'tell me a story'));
    expect(run).toMatchObject({
      status: 'succeeded',
      input_tokens: 0,
      plan: {
        metadata: {
          planner: 'stub',
          model: null,
          reasoning: expect.stringContaining('ANTHROPIC_API_KEY'),
        },
        steps: [{ step_id: 'stub', description: expect.stringContaining('stub planner') }],
      },
      outcome: { output: { result: { goal: 'tell me a story' } } },
    });
    expect(await paidFor(stack, run.run_id)).toEqual([]);
  });
});

const { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: elsewhere } = process.env;

if (key !== undefined && key !== '' && elsewhere === undefined) {
  describe('a goal in words, by the real Claude', () => {
    let stack: TestStack;
    beforeAll(async () => {
      stack = await startTestStack({ services: ANSWERING, env: { ...env, ANTHROPIC_API_KEY: key } });
    });
    afterAll(() => stack.stop());

    it('is planned and run, and its cost is known', async () => {
      const api = new Api(stack.gatewayUrl, stack.apiKey);
      const goal = 'Add up the amounts in [{"amount": 12.5}, {"amount": 30}] and give the bare number.';
      const runId = await start(api, goal, { skills: ['json_transform'] });
      const run = await api.ended(runId, 50_000);
      expect(run).toMatchObject({
        status: 'succeeded',
        plan: { metadata: { planner: 'anthropic' } },
        outcome: { output: { result: 42.5 } },
      });
      expectToCost(run, await paidFor(stack, runId));
    });
  });
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHttpReceiver, startTestStack, type HttpReceiver, type TestStack } from '@aos/testing';
import { Api } from './api.ts';
import { idsByPath } from './gate.ts';
import { transform, webhook, type Step } from './steps.ts';

let stack: TestStack;
let hooks: HttpReceiver;
let api: Api;

beforeAll(async () => {
  stack = await startTestStack({
    env: { EGRESS_ALLOW: '127.0.0.1', RATE_LIMIT_ENABLED: 'false' },
    services: ['api-gateway', 'orchestrator'],
  });
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

const hook = (stepId: string, dependsOn: string[]): Step =>
  webhook(`${hooks.url}/${stepId}`, {
    step_id: stepId,
    depends_on: dependsOn,
    retry: { maximum_attempts: 1 },
  });
const restart = (runId: string, body?: Record<string, unknown>) =>
  api.send(`POST /runs/${runId}/restart`, body === undefined ? {} : { body });

describe('an ended run', () => {
  it('begins again at the step that failed: what was done is kept, its cost counted once', async () => {
    const agent = await api.createAgent({ budget_cents: 1 });
    hooks.respondWith(({ path }) => (path === '/second' ? { status: 400 } : {}));
    const plan = [hook('first', []), hook('second', ['first']), hook('third', ['second'])];
    const runId = await api.start(agent.agent_id, plan);
    const failed = await api.ended(runId);
    expect(failed).toMatchObject({ status: 'failed', generation: 1 });
    hooks.respondWith(() => ({}));
    const answer = await restart(runId);
    expect(answer).toMatchObject({ status: 202, body: { run_id: runId, status: 'queued' } });
    const run = await api.ended(runId);
    expect(run).toMatchObject({ status: 'succeeded', generation: 2 });
    expect(run.steps.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    const ids = idsByPath(hooks.requests);
    expect(ids.get('/first')?.size).toBe(1);
    // A new generation has keys of its own.
    expect(ids.get('/second')?.size).toBe(2);
    expect(await api.getAgent(agent.agent_id)).toMatchObject({
      open_runs: 0,
      reserved_microcents: 0,
      spent_microcents: run.cost_microcents,
    });
    const ends = (await api.events(runId)).filter(({ type }) => type === 'run.finished');
    expect(ends.map(({ data }) => data)).toMatchObject([{ steps_finished: 2 }, { steps_finished: 2 }]);
  });

  it('that succeeded begins again where it is told to', async () => {
    const agent = await api.createAgent();
    const plan = [transform('1', { step_id: 'one' }), transform('2', { step_id: 'two' })];
    const runId = await api.start(agent.agent_id, plan);
    await api.ended(runId);
    expect(await restart(runId)).toMatchObject({ status: 400 });
    expect(await restart(runId, { from_step: 'none' })).toMatchObject({ status: 400 });
    expect((await restart(runId, { from_step: 'two' })).status).toBe(202);
    await api.runWhen(runId, ({ status, generation }) => status === 'succeeded' && generation === 2);
    const done = (await api.events(runId)).filter(({ type }) => type === 'step.finished');
    expect(done.map(({ data }) => data)).toMatchObject(['one', 'two', 'two'].map((step_id) => ({ step_id })));
  });

  it('is admitted like a new one: refused while it goes on, without budget, and where too many are open', async () => {
    const agent = await api.createAgent({ budget_cents: 0.02 });
    hooks.respondWith(() => ({ status: 400 }));
    const runId = await api.start(agent.agent_id, [hook('a', [])], { est_cost_cents: 0.02 });
    await api.ended(runId);
    const { spent_microcents: spent } = await api.getAgent(agent.agent_id);
    await api.send(`PATCH /agents/${agent.agent_id}`, { body: { budget_cents: spent / 1e6 + 0.01 } });
    expect(await restart(runId)).toMatchObject({ status: 402, body: { code: 'budget_exceeded' } });
    await api.send(`PATCH /agents/${agent.agent_id}`, { body: { budget_cents: 1 } });
    const startAt = new Date(Date.now() + 3_600_000).toISOString();
    const waits = await api.start(agent.agent_id, [transform('1')], { start_at: startAt });
    expect(await restart(waits)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await restart('019b76da-b940-7d77-812d-76c1d6cc1601')).status).toBe(404);
  });
});

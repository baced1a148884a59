import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  startHttpReceiver,
  startTestStack,
  waitUntil,
  type HttpReceiver,
  type TestStack,
} from '@aos/testing';
import { Api } from './api.ts';
import { holdAnswers } from './gate.ts';
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

const hook = (stepId: string, more: Step = {}): Step =>
  webhook(`${hooks.url}/${stepId}`, { step_id: stepId, depends_on: [], ...more });
const arrived = (count: number) =>
  waitUntil(() => hooks.requests.length >= count, { what: `${count} webhooks` });
const NO_RETRY = { retry: { maximum_attempts: 1 } };

describe('a plan that is a graph', () => {
  it('has its branches called at once, at most as many as the goal allows, and its join after them', async () => {
    const agent = await api.createAgent();
    const gate = holdAnswers(hooks);
    const join = transform('"joined"', { step_id: 'join', depends_on: ['a', 'b', 'c'] });
    const plan = [hook('a'), hook('b'), hook('c'), join];
    const runId = await api.start(agent.agent_id, plan, { max_parallel: 2 });
    await arrived(2);
    const running = await api.getRun(runId);
    expect(running.steps.map(({ status }) => status)).toEqual(['running', 'running', 'pending', 'pending']);
    gate.open();
    expect(await api.ended(runId)).toMatchObject({
      status: 'succeeded',
      outcome: { output: { result: 'joined' } },
    });
    const journal = await api.events(runId);
    expect(journal.map(({ runseq }) => runseq)).toEqual(journal.map((_event, index) => index + 1));
  });

  it('fails when a step does, after the calls under way have ended; nothing new is begun', async () => {
    const agent = await api.createAgent();
    const gate = holdAnswers(hooks);
    const broken = transform('error("broken")', { step_id: 'broken', depends_on: ['slow'] });
    const plan = [
      hook('slow', { ...NO_RETRY }),
      hook('other'),
      broken,
      hook('after', { depends_on: ['other'] }),
    ];
    hooks.respondWith(async ({ path }) => {
      if (path === '/slow') return { status: 400 };
      await gate.pass();
      return {};
    });
    const runId = await api.start(agent.agent_id, plan);
    await api.runWhen(runId, ({ steps }) => steps[0]?.status === 'failed');
    expect((await api.getRun(runId)).status).toBe('running');
    gate.open();
    const run = await api.ended(runId);
    expect(run.status).toBe('failed');
    expect(run.steps.map(({ status }) => status)).toEqual(['failed', 'succeeded', 'skipped', 'skipped']);
    expect(await api.getAgent(agent.agent_id)).toMatchObject({ open_runs: 0, reserved_microcents: 0 });
  });

  it('outlives a step that may fail: references to its output give null', async () => {
    const agent = await api.createAgent();
    const plan = [
      transform('error("broken")', { step_id: 'maybe', depends_on: [], on_failure: 'continue', ...NO_RETRY }),
      {
        step_id: 'after',
        skill: 'json_transform',
        depends_on: ['maybe'],
        params: { input: '${{ steps.maybe.output.result }}', query: '{got: .}' },
      },
    ];
    const run = await api.ended(await api.start(agent.agent_id, plan));
    expect(run).toMatchObject({
      status: 'succeeded',
      steps: [{ status: 'failed' }, { status: 'succeeded', output: { result: { got: null } } }],
    });
  });
});

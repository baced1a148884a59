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
    env: { EGRESS_ALLOW: '127.0.0.1', RATE_LIMIT_ENABLED: 'false', WORKER_SLOTS: '2' },
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

const hook = (more: Step = {}): Step => webhook(`${hooks.url}/hook`, more);
const arrived = (count: number) =>
  waitUntil(() => hooks.requests.length >= count, { what: `${count} webhooks` });

describe('cancel', () => {
  it('of a running run cuts its call and ends it', async () => {
    const agent = await api.createAgent();
    const gate = holdAnswers(hooks);
    const runId = await api.start(agent.agent_id, [hook(), hook()]);
    await arrived(1);
    const answer = await api.send(`POST /runs/${runId}/cancel`, { body: { reason: 'changed my mind' } });
    expect(answer.status).toBe(202);
    expect(await api.ended(runId, 5_000)).toMatchObject({
      status: 'cancelled',
      outcome: { error: { code: 'run_cancelled', message: 'changed my mind' } },
      steps: [{ status: 'cancelled' }, { status: 'cancelled' }],
    });
    gate.open();
    expect(hooks.requests).toHaveLength(1);
    expect(await api.getAgent(agent.agent_id)).toMatchObject({ open_runs: 0, reserved_microcents: 0 });
    expect((await api.send(`POST /runs/${runId}/cancel`)).status).toBe(202);
  });

  it('of a waiting run ends it, and it does not wake', async () => {
    const agent = await api.createAgent();
    hooks.respondWith(() => ({ status: 503 }));
    const runId = await api.start(agent.agent_id, [hook({ retry: { initial_interval_ms: 60_000 } })]);
    await api.runWhen(runId, ({ status }) => status === 'waiting');
    expect((await api.send(`POST /runs/${runId}/cancel`)).status).toBe(202);
    expect(await api.ended(runId, 5_000)).toMatchObject({ status: 'cancelled', waiting_reason: null });
    expect(await api.getAgent(agent.agent_id)).toMatchObject({ open_runs: 0, reserved_microcents: 0 });
    expect(hooks.requests).toHaveLength(1);
  });

  it('of a queued run ends it before its first step', async () => {
    const agent = await api.createAgent();
    const gate = holdAnswers(hooks);
    const busy = await Promise.all([1, 2].map(() => api.start(agent.agent_id, [hook()])));
    await arrived(2);
    const runId = await api.start(agent.agent_id, [hook()]);
    expect(await api.getRun(runId)).toMatchObject({ status: 'queued' });
    expect((await api.send(`POST /runs/${runId}/cancel`)).status).toBe(202);
    gate.open();
    expect(await api.ended(runId)).toMatchObject({ status: 'cancelled', steps: [{ status: 'cancelled' }] });
    for (const other of busy) expect(await api.ended(other)).toMatchObject({ status: 'succeeded' });
    expect(hooks.requests).toHaveLength(2);
  });

  it('of a run that has ended is a conflict', async () => {
    const agent = await api.createAgent();
    const runId = await api.start(agent.agent_id, [transform('1')]);
    await api.ended(runId);
    expect(await api.send(`POST /runs/${runId}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
  });
});

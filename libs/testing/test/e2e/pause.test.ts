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

const hook = (): Step => webhook(`${hooks.url}/hook`);
const arrived = (count: number) =>
  waitUntil(() => hooks.requests.length >= count, { what: `${count} calls` });
const told = (runId: string, verb: 'pause' | 'resume', body?: Record<string, unknown>) =>
  api.send(`POST /runs/${runId}/${verb}`, body === undefined ? {} : { body });

describe('a run', () => {
  it('is paused at its next step boundary, stays so, and goes on when resumed', async () => {
    const agent = await api.createAgent({ max_concurrent_runs: 1 });
    const gate = holdAnswers(hooks);
    const runId = await api.start(agent.agent_id, [hook(), hook()]);
    await arrived(1);
    expect((await told(runId, 'pause')).status).toBe(202);
    expect((await told(runId, 'pause')).status).toBe(202);
    gate.open();
    const paused = await api.runWhen(runId, ({ status }) => status === 'waiting');
    expect(paused).toMatchObject({
      waiting_reason: 'paused',
      next_attempt_at: null,
      steps: [{ status: 'succeeded' }, { status: 'pending' }],
    });
    expect((await told(runId, 'pause')).status).toBe(202);
    // It is not open meanwhile: another may run.
    await api.ended(await api.start(agent.agent_id, [transform('1')]));
    expect(hooks.requests).toHaveLength(1);
    expect((await told(runId, 'resume')).status).toBe(202);
    expect(await api.ended(runId)).toMatchObject({ status: 'succeeded' });
    expect(hooks.requests).toHaveLength(2);
    expect(await told(runId, 'pause')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await told(runId, 'resume')).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('whose effect is in doubt waits for a person, who says what is to be done', async () => {
    const agent = await api.createAgent();
    const post = { url: `${hooks.url}/once`, method: 'POST', body: { a: 1 } };
    const once: Step = { step_id: 'once', skill: 'http_call', params: post };
    const gate = holdAnswers(hooks);
    const [retried, skipped] = [
      await api.start(agent.agent_id, [once]),
      await api.start(agent.agent_id, [once, transform('"after"')]),
    ];
    await arrived(2);
    await stack.services.orchestrator.kill9();
    gate.open();
    await stack.services.orchestrator.restart();
    for (const runId of [retried, skipped]) {
      const parked = await api.runWhen(runId, ({ status }) => status === 'waiting', 30_000);
      expect(parked.waiting_reason).toBe('unknown_outcome');
      expect(await told(runId, 'resume')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    }
    expect(await told(retried, 'resume', { step_id: 'once' })).toMatchObject({ status: 400 });
    expect(await told(retried, 'resume', { step_id: 'other', outcome: 'skip' })).toMatchObject({
      status: 409,
    });
    expect((await told(retried, 'resume', { outcome: 'retry' })).status).toBe(202);
    expect(await api.ended(retried)).toMatchObject({ status: 'succeeded', steps: [{ status: 'succeeded' }] });
    expect((await told(skipped, 'resume', { step_id: 'once', outcome: 'skip' })).status).toBe(202);
    expect(await api.ended(skipped)).toMatchObject({
      status: 'succeeded',
      steps: [{ status: 'skipped' }, { status: 'succeeded' }],
    });
    expect(hooks.requests).toHaveLength(3);
  });
});

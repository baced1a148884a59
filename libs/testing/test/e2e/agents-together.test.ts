import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  startHttpReceiver,
  startTestStack,
  waitUntil,
  type HttpReceiver,
  type TestStack,
} from '@aos/testing';
import { Api, callerOf } from './api.ts';
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

const invoke = (agentId: string, plan: Step[], more: Step = {}): Step => ({
  skill: 'agent_invoke',
  params: { agent_id: agentId, goal: 'a part', plan },
  ...more,
});

const wait = (timeoutMs: number): Step => ({ skill: 'message_wait', params: { timeout_ms: timeoutMs } });

describe('a run that invokes agents', () => {
  it('waits for its children without a slot, pays for them, and uses what they give', async () => {
    const [above, below] = [await api.createAgent({ max_concurrent_runs: 1 }), await api.createAgent()];
    const hook = webhook(`${hooks.url}/part`);
    const runId = await api.start(above.agent_id, [
      invoke(below.agent_id, [hook, transform('20')], { step_id: 'left', depends_on: [] }),
      invoke(below.agent_id, [hook, transform('22')], { step_id: 'right', depends_on: [] }),
      {
        step_id: 'sum',
        skill: 'json_transform',
        params: {
          input: ['${{ steps.left.output.output.result }}', '${{ steps.right.output.output.result }}'],
          query: 'add',
        },
        depends_on: ['left', 'right'],
      },
    ]);
    const run = await api.ended(runId, 30_000);
    expect(run).toMatchObject({ status: 'succeeded', outcome: { output: { result: 42 } } });
    expect(run.children).toHaveLength(2);
    expect(run.cost_microcents).toBe(23_000);
    expect(run.children?.map(({ status, cost_microcents: cost }) => [status, cost])).toEqual([
      ['succeeded', 11_000],
      ['succeeded', 11_000],
    ]);
    const listed = await api.send(`GET /runs?parent_run_id=${runId}`);
    expect(listed.body['data']).toHaveLength(2);
    const child = await api.getRun(run.children?.[0]?.run_id ?? '');
    expect(child).toMatchObject({ parent_run_id: runId, agent_id: below.agent_id });
    expect(await api.getAgent(above.agent_id)).toMatchObject({
      spent_microcents: 23_000,
      reserved_microcents: 0,
    });
    expect(await api.getAgent(below.agent_id)).toMatchObject({ spent_microcents: 0, reserved_microcents: 0 });
  });

  it('ends its children before it ends, whoever cancels it', async () => {
    const [above, below] = [await api.createAgent(), await api.createAgent()];
    const gate = holdAnswers(hooks);
    const hook = webhook(`${hooks.url}/slow`, { timeout_ms: 60_000 });
    const runId = await api.start(above.agent_id, [invoke(below.agent_id, [hook])]);
    const waiting = await api.runWhen(runId, ({ waiting_reason: reason }) => reason === 'child_run');
    const childId = waiting.children?.[0]?.run_id ?? '';
    await waitUntil(() => hooks.requests.some(({ path }) => path === '/slow'), {
      what: 'the call of the child',
    });
    expect((await api.send(`POST /runs/${runId}/cancel`)).status).toBe(202);
    const cancelled = await api.ended(runId, 30_000);
    gate.open();
    expect(cancelled.status).toBe('cancelled');
    const child = await api.getRun(childId);
    expect(child.status).toBe('cancelled');
    expect(Date.parse(child.finished_at ?? '')).toBeLessThanOrEqual(Date.parse(cancelled.finished_at ?? ''));
  });

  it('invokes neither itself nor what it cannot pay, and says why', async () => {
    const [above, below] = [await api.createAgent(), await api.createAgent()];
    const cycle = await api.start(above.agent_id, [invoke(above.agent_id, [transform('1')])]);
    expect(await api.ended(cycle)).toMatchObject({ outcome: { error: { code: 'child_run_refused' } } });
    const params = { agent_id: below.agent_id, goal: 'a part', plan: [transform('1')], budget_cents: 7 };
    const dear = await api.start(above.agent_id, [{ skill: 'agent_invoke', params }], { est_cost_cents: 5 });
    expect(await api.ended(dear)).toMatchObject({ outcome: { error: { code: 'budget_exceeded' } } });
  });
});

describe('a message', () => {
  it('is taken by the run that waits for it, once, however often it is sent', async () => {
    const agent = await api.createAgent();
    const forOrder: Step = { step_id: 'wait', skill: 'message_wait', params: { type: 'order' } };
    const runId = await api.start(agent.agent_id, [forOrder]);
    await api.runWhen(runId, ({ waiting_reason: reason }) => reason === 'message');
    const path = `/agents/${agent.agent_id}/messages`;
    const body = { type: 'order', body: { item: 'tea' }, correlation_id: 'o-17', idempotency_key: 'k-1' };
    const sent = await api.send(`POST ${path}`, { body });
    expect(sent.status).toBe(201);
    const again = await api.send(`POST ${path}`, { body });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(await api.send(`POST ${path}`, { body: { ...body, body: 1 } })).toMatchObject({ status: 422 });
    const run = await api.ended(runId);
    expect(run.steps[0]?.output).toMatchObject({
      message_id: sent.body['message_id'],
      body: { item: 'tea' },
    });
    const { body: listed } = await api.send(`GET ${path}?state=taken`);
    expect(listed['data']).toMatchObject([{ taken_by_run_id: runId, correlation_id: 'o-17' }]);
  });

  it('goes from agent to agent; one that does not come in time is a failure with a code', async () => {
    const [sender, receiver] = [await api.createAgent(), await api.createAgent()];
    const params = { to: receiver.agent_id, type: 'note', body: 'hello' };
    await api.ended(await api.start(sender.agent_id, [{ skill: 'message_send', params }]));
    const taken = await api.ended(await api.start(receiver.agent_id, [wait(10_000)]));
    expect(taken.steps[0]?.output).toMatchObject({ body: 'hello', from: { agent_id: sender.agent_id } });
    const late = await api.ended(await api.start(receiver.agent_id, [wait(50)]));
    expect(late).toMatchObject({ status: 'failed', outcome: { error: { code: 'message_timeout' } } });
  });

  it('is refused where it is too large, and not seen by another tenant', async () => {
    const agent = await api.createAgent();
    const path = `/agents/${agent.agent_id}/messages`;
    const large = await api.send(`POST ${path}`, { body: { type: 'x', body: 'x'.repeat(33_000) } });
    expect(large).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
    const other = await callerOf(stack, 'other');
    expect((await other.send(`GET ${path}`)).status).toBe(404);
    expect((await other.send(`POST ${path}`, { body: { type: 'x', body: 1 } })).status).toBe(404);
  });
});

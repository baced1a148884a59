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
import { transform, webhook } from './steps.ts';

let stack: TestStack;
let hooks: HttpReceiver;
let api: Api;

beforeAll(async () => {
  stack = await startTestStack({
    env: { EGRESS_ALLOW: '127.0.0.1', RATE_LIMIT_ENABLED: 'false', WORKER_SLOTS: '1' },
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

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const plan = () => [webhook(`${hooks.url}/hook`, { retry: { initial_interval_ms: 60_000 } })];
const LATE = { status: 'failed', outcome: { error: { code: 'deadline_exceeded' } } };

describe('a goal with a time to start', () => {
  it('waits for it with its reason shown, is not open meanwhile, and runs then', async () => {
    const agent = await api.createAgent({ max_concurrent_runs: 1 });
    const startAt = inMs(2_500);
    const runId = await api.start(agent.agent_id, [transform('1')], { start_at: startAt });
    const waiting = await api.getRun(runId);
    expect(waiting).toMatchObject({
      status: 'waiting',
      waiting_reason: 'start_at',
      next_attempt_at: startAt,
      start_at: startAt,
    });
    await api.ended(await api.start(agent.agent_id, [transform('2')]));
    const run = await api.ended(runId);
    expect(run.status).toBe('succeeded');
    expect(Date.parse(run.started_at ?? '')).toBeGreaterThanOrEqual(Date.parse(startAt));
  });
});

describe('a deadline', () => {
  it('cuts a call under way', async () => {
    const agent = await api.createAgent();
    const gate = holdAnswers(hooks);
    const runId = await api.start(agent.agent_id, plan(), { deadline: inMs(1_500) });
    expect(await api.ended(runId, 6_000)).toMatchObject({ ...LATE, steps: [{ status: 'cancelled' }] });
    gate.open();
  });

  it('ends a run that waits for its next attempt, and one that is queued behind others', async () => {
    const agent = await api.createAgent();
    hooks.respondWith(() => ({ status: 503 }));
    const waits = await api.start(agent.agent_id, plan(), { deadline: inMs(2_500) });
    await api.runWhen(waits, ({ status }) => status === 'waiting');
    const gate = holdAnswers(hooks);
    const busy = await api.start(agent.agent_id, plan());
    await waitUntil(() => hooks.requests.length > 1, { what: 'the only slot is taken' });
    const queued = await api.start(agent.agent_id, plan(), { deadline: inMs(500) });
    expect(await api.ended(queued, 6_000)).toMatchObject({ ...LATE, steps: [{ status: 'skipped' }] });
    expect(await api.ended(waits, 6_000)).toMatchObject(LATE);
    gate.open();
    expect(await api.ended(busy)).toMatchObject({ status: 'succeeded' });
    expect(await api.getAgent(agent.agent_id)).toMatchObject({ open_runs: 0, reserved_microcents: 0 });
  });

  it('is refused where it has passed or comes before the start', async () => {
    const agent = await api.createAgent();
    const refused = { status: 400, body: { details: { issues: [{ field: '/deadline' }] } } };
    const goal = { plan: plan() };
    expect(await api.submit(agent.agent_id, { ...goal, deadline: inMs(-1_000) })).toMatchObject(refused);
    const times = { start_at: inMs(60_000), deadline: inMs(30_000) };
    expect(await api.submit(agent.agent_id, { ...goal, ...times })).toMatchObject(refused);
  });
});

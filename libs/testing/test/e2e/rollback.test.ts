import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  startHttpReceiver,
  startTestStack,
  waitUntil,
  type HttpReceiver,
  type TestStack,
} from '@aos/testing';
import { Api } from './api.ts';
import { Gate } from './gate.ts';
import { transform, type Step } from './steps.ts';
import { Watcher } from './watcher.ts';

const TAKEOVER_MS = 40_000;
const ONCE = { maximum_attempts: 1 };

let stack: TestStack;
let shop: HttpReceiver;
let api: Api;
let agentId: string;
/** Bookings that stand, as the shop has them. */
const booked = new Set<string>();
/** How cancelling a booking goes; each call passes. */
let onCancel: (name: string) => Promise<{ status?: number }> | { status?: number };

beforeAll(async () => {
  stack = await startTestStack({ env: { EGRESS_ALLOW: '127.0.0.1', RATE_LIMIT_ENABLED: 'false' } });
  shop = await startHttpReceiver();
  api = new Api(stack.gatewayUrl, stack.apiKey);
  agentId = (await api.createAgent()).agent_id;
});
afterAll(async () => {
  await stack.stop();
  await shop.close();
});
beforeEach(() => {
  shop.requests.length = 0;
  booked.clear();
  onCancel = () => ({});
  shop.respondWith(async ({ method, path }) => {
    const name = path.slice(1);
    if (method === 'DELETE') {
      const answer = await onCancel(name);
      if (answer.status === undefined) booked.delete(name);
      return answer;
    }
    // Until its caller goes away.
    if (name === 'wait') await new Gate().pass();
    if (name === 'sold-out') return { status: 409, body: 'none left' };
    booked.add(name);
    const headers = { 'content-type': 'application/json' };
    return { headers, body: JSON.stringify({ place: `/${name}` }) };
  });
});

/** Books something, and cancels the booking where it was answered to be. */
function book(name: string, more: Step = {}): Step {
  const own = `\${{ steps.${name}.output.body.place }}`;
  return {
    step_id: name,
    skill: 'http_call',
    params: { url: `${shop.url}/${name}`, method: 'POST', idempotent: true },
    retry: ONCE,
    compensate_with: {
      skill: 'http_call',
      params: { url: `${shop.url}${own}`, method: 'DELETE' },
      retry: ONCE,
    },
    ...more,
  };
}

const noCar = (): Step => ({
  step_id: 'car',
  skill: 'http_call',
  params: { url: `${shop.url}/sold-out`, method: 'POST' },
  retry: ONCE,
});
const cancels = (): string[] =>
  shop.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path.slice(1));
const keysOf = (name: string): unknown[] =>
  shop.requests
    .filter(({ method, path }) => method === 'DELETE' && path === `/${name}`)
    .map(({ headers }) => headers['idempotency-key']);

const wait = (): Step => ({ step_id: 'wait', skill: 'http_call', params: { url: `${shop.url}/wait` } });
const isWaited = () => shop.requests.some(({ path }) => path === '/wait');

describe('a run that fails', () => {
  it('undoes what it has done, the last first, before it ends; who watches sees it, and a restart does it again', async () => {
    const watcher = await Watcher.open(stack, api.key);
    const runId = await api.start(agentId, [book('flight'), book('hotel'), transform('1'), noCar()]);
    await watcher.subscribe(runId);
    const run = await api.ended(runId);
    expect(run).toMatchObject({
      status: 'failed',
      on_failure: 'compensate',
      rollback: {
        cause: { status: 'failed', error: { code: 'upstream_rejected' } },
        steps: ['hotel', 'flight'],
      },
      outcome: { error: { code: 'upstream_rejected' } },
    });
    expect(run.steps.map(({ status, compensation }) => [status, compensation?.status])).toEqual([
      ['compensated', 'succeeded'],
      ['compensated', 'succeeded'],
      ['succeeded', undefined],
      ['failed', undefined],
    ]);
    expect(cancels()).toEqual(['hotel', 'flight']);
    expect(booked.size).toBe(0);
    const events = await api.events(runId);
    expect(events.slice(-9).map(({ type }) => type)).toEqual([
      'step.finished',
      'run.compensating',
      'tool.call.requested',
      'tool.call.succeeded',
      'step.compensated',
      'tool.call.requested',
      'tool.call.succeeded',
      'step.compensated',
      'run.finished',
    ]);
    expect(await watcher.whole(runId)).toEqual(events);
    watcher.close();
    expect(await api.getAgent(agentId)).toMatchObject({ open_runs: 0, reserved_microcents: 0 });

    expect(await api.send(`POST /runs/${runId}/restart`)).toMatchObject({ status: 202 });
    await api.runWhen(runId, ({ status, generation }) => status === 'failed' && generation === 2);
    expect(cancels()).toEqual(['hotel', 'flight', 'hotel', 'flight']);
    expect(new Set(keysOf('hotel')).size).toBe(2);
  });

  it.each([
    ['its goal', {}, { on_failure: 'keep' }],
    ['its agent', { on_failure: 'keep' }, {}],
  ])('keeps what it has done where %s says so', async (_who, ofAgent, ofGoal) => {
    const { agent_id: keeper } = await api.createAgent(ofAgent);
    const runId = await api.start(keeper, [book('flight'), noCar()], ofGoal);
    expect(await api.ended(runId)).toMatchObject({ status: 'failed', on_failure: 'keep', rollback: null });
    expect(cancels()).toEqual([]);
    expect([...booked]).toEqual(['flight']);
  });

  it('waits for a person where a step cannot be undone: tried again, then left', async () => {
    onCancel = () => ({ status: 409 });
    const runId = await api.start(agentId, [book('flight'), book('hotel'), noCar()]);
    const waiting = await api.runWhen(runId, ({ status }) => status === 'waiting');
    expect(waiting).toMatchObject({
      waiting_reason: 'compensation_failed',
      next_attempt_at: null,
      steps: [
        { compensation: { status: 'pending' } },
        { compensation: { status: 'failed', attempts: 1 } },
        {},
      ],
    });
    const resume = (body?: unknown) => api.send(`POST /runs/${runId}/resume`, { body });
    // The cancel may be just being heard.
    const decide = (body: unknown) =>
      waitUntil(async () => (await resume(body)).status === 202, { what: 'the decision is taken' });
    expect(await resume()).toMatchObject({ status: 409 });
    expect(await resume({ outcome: 'fail' })).toMatchObject({ status: 400 });
    // A cancel is heard, but nothing stops a rollback.
    expect(await api.send(`POST /runs/${runId}/cancel`)).toMatchObject({ status: 202 });
    await decide({ step_id: 'hotel', outcome: 'retry' });
    await waitUntil(() => keysOf('hotel').length === 2, { what: 'another try' });
    await api.runWhen(runId, ({ status }) => status === 'waiting');
    onCancel = () => ({});
    await decide({ outcome: 'skip' });
    expect(await api.ended(runId)).toMatchObject({
      status: 'failed',
      steps: [
        { status: 'compensated' },
        { status: 'succeeded', compensation: { status: 'skipped', attempts: 2 } },
        { status: 'failed' },
      ],
    });
    expect(new Set(keysOf('hotel')).size).toBe(1);
    expect([...booked]).toEqual(['hotel']);
  });

  it('is undone by what skills declare, too: an event that was written is removed', async () => {
    const event = { title: 'Trip', start: '2026-05-01T09:30', timezone: 'Europe/Berlin' };
    const write = { step_id: 'plan', skill: 'calendar_write', params: event };
    const runId = await api.start(agentId, [write, noCar()]);
    expect(await api.ended(runId)).toMatchObject({
      status: 'failed',
      artifacts: [],
      steps: [{ status: 'compensated', compensation: { skill: 'calendar_remove' } }, { status: 'failed' }],
    });
    expect(await api.send(`GET /runs/${runId}/artifacts/plan.ics`)).toMatchObject({ status: 404 });
  });
});

describe('a run that is cut', () => {
  it.each([
    [undefined, []],
    ['keep', ['flight']],
  ])('by a cancel that says %p leaves %p', async (on_failure, left) => {
    const runId = await api.start(agentId, [book('flight'), wait(), book('hotel')]);
    await waitUntil(isWaited, { what: 'the run stands in its second step' });
    const body = { reason: 'no trip', ...(on_failure === undefined ? {} : { on_failure }) };
    expect(await api.send(`POST /runs/${runId}/cancel`, { body })).toMatchObject({ status: 202 });
    expect(await api.ended(runId)).toMatchObject({
      status: 'cancelled',
      outcome: { error: { code: 'run_cancelled', message: 'no trip' } },
    });
    expect([...booked]).toEqual(left);
  });

  it('at its deadline undoes what it has done, however long that takes', async () => {
    onCancel = () => (cancels().length < 3 ? { status: 503 } : {});
    const deadline = new Date(Date.now() + 1_500).toISOString();
    const flight = book('flight', {
      compensate_with: {
        skill: 'http_call',
        params: { url: `${shop.url}/flight`, method: 'DELETE' },
        retry: { maximum_attempts: 5, initial_interval_ms: 500 },
      },
    });
    const runId = await api.start(agentId, [flight, wait()], { deadline });
    expect(await api.ended(runId)).toMatchObject({
      status: 'failed',
      outcome: { error: { code: 'deadline_exceeded' } },
      steps: [{ status: 'compensated', compensation: { attempts: 3 } }, {}],
    });
    expect(booked.size).toBe(0);
  });
});

describe('a rollback whose orchestrator is killed', () => {
  it('goes on in the next, under the same keys', async () => {
    const gate = new Gate();
    onCancel = async (name) => {
      if (name === 'hotel') await gate.pass();
      return {};
    };
    const runId = await api.start(agentId, [book('flight'), book('hotel'), book('train'), noCar()]);
    await waitUntil(() => cancels().includes('hotel'), { what: 'the rollback is under way' });
    await stack.services.orchestrator.kill9();
    gate.open();
    await stack.services.orchestrator.restart();
    const run = await api.ended(runId, TAKEOVER_MS);
    expect(run.steps.map(({ status }) => status)).toEqual([
      'compensated',
      'compensated',
      'compensated',
      'failed',
    ]);
    expect(cancels()).toEqual(['train', 'hotel', 'hotel', 'flight']);
    expect(new Set(keysOf('hotel')).size).toBe(1);
    expect(booked.size).toBe(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  startHttpReceiver,
  startTestStack,
  waitUntil,
  type HttpReceiver,
  type TestStack,
} from '@aos/testing';
import { Api } from './api.ts';
import { Gate, idsByPath } from './gate.ts';
import { transform, webhook } from './steps.ts';
import { Watcher } from './watcher.ts';

const RUNS = 20;
/** A lease of 10 s must end before another process may take over; a restarted Postgres grants a whole new one. */
const RECOVERY_MS = 40_000;
const LEASE_MS = 10_000;
/** Takeover takes a second or two; the rest is for slow machines. */
const TAKEOVER_MS_MAX = 8_000;

let stack: TestStack;
let hooks: HttpReceiver;
let api: Api;
let agentId: string;

beforeAll(async () => {
  stack = await startTestStack({ env: { EGRESS_ALLOW: '127.0.0.1', RATE_LIMIT_ENABLED: 'false' } });
  hooks = await startHttpReceiver();
  api = new Api(stack.gatewayUrl, stack.apiKey);
  agentId = (await api.createAgent({ max_concurrent_runs: 1000 })).agent_id;
});
afterAll(async () => {
  await stack.stop();
  await hooks.close();
});

interface Flight {
  runIds: string[];
  gate: Gate;
}

/** Runs of pure steps and two webhooks each. */
async function takeOff(gate: Gate): Promise<Flight> {
  hooks.requests.length = 0;
  hooks.respondWith(async ({ path }) => {
    if (!/[13579].first$/.test(path)) await gate.pass();
    return {};
  });
  const plans = Array.from({ length: RUNS }, (_, run) => [
    transform(`${run}`),
    webhook(`${hooks.url}/${run}/first`),
    transform('"between"'),
    webhook(`${hooks.url}/${run}/second`),
  ]);
  const runIds = await Promise.all(plans.map((plan) => api.start(agentId, plan)));
  return { runIds, gate };
}

/** Half of the runs stand in their first webhook, half in their second, until the gate is opened. */
async function holdInFlight(): Promise<Flight> {
  const flight = await takeOff(new Gate());
  await waitUntil(() => hooks.requests.length === RUNS * 1.5, { what: 'every run stands in a call' });
  return flight;
}

/** Every run succeeds, every webhook has arrived, none under two ids, no id for two. */
async function expectAllLanded({ runIds }: Flight, timeoutMs = RECOVERY_MS): Promise<void> {
  for (const runId of runIds) {
    expect(await api.ended(runId, timeoutMs)).toMatchObject({ status: 'succeeded' });
  }
  const ids = [...idsByPath(hooks.requests).values()].map((idsOfOne) => [...idsOfOne]);
  expect(ids).toHaveLength(RUNS * 2);
  expect(ids.filter(({ length }) => length !== 1)).toEqual([]);
  expect(new Set(ids.flat()).size).toBe(RUNS * 2);
  expect(await api.getAgent(agentId)).toMatchObject({ open_runs: 0, reserved_microcents: 0 });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('20 runs in flight all finish, and no webhook goes out under two ids,', () => {
  it('when the orchestrator is killed and started again', async () => {
    const flight = await holdInFlight();
    await stack.services.orchestrator.kill9();
    flight.gate.open();
    await stack.services.orchestrator.restart();
    await expectAllLanded(flight);
    // Their answers were lost with the process, so each call under way was made again.
    expect(hooks.requests).toHaveLength(RUNS * 3);
  });

  it('when Postgres is killed and started again', async () => {
    const flight = await holdInFlight();
    await stack.postgres.kill();
    flight.gate.open();
    await stack.postgres.restart();
    await expectAllLanded(flight);
  });

  it('when both are killed while the runs fly on', async () => {
    const gate = new Gate();
    gate.open();
    const flight = await takeOff(gate);
    await waitUntil(() => hooks.requests.length >= RUNS / 2, { what: 'the first webhooks' });
    await Promise.all([stack.postgres.kill(), stack.services.orchestrator.kill9()]);
    await stack.postgres.restart();
    await stack.services.orchestrator.restart();
    await expectAllLanded(flight);
  });

  it('when NATS is killed and started again, and a watcher has seen every event once', async () => {
    const flight = await holdInFlight();
    const watcher = await Watcher.open(stack, api.key);
    for (const runId of flight.runIds) await watcher.subscribe(runId);
    await stack.nats.kill();
    flight.gate.open();
    await stack.nats.restart();
    await expectAllLanded(flight);
    for (const runId of flight.runIds) {
      expect(await watcher.whole(runId, RECOVERY_MS)).toEqual(await api.events(runId));
    }
    watcher.close();
    expect(hooks.requests).toHaveLength(RUNS * 2);
  });

  it('when their orchestrator is killed for good: another takes over long before the lease ends', async () => {
    const flight = await holdInFlight();
    const other = await stack.startAnother('orchestrator');
    flight.gate.open();
    await stack.services.orchestrator.kill9();
    const killedAtMs = performance.now();
    await expectAllLanded(flight);
    expect(performance.now() - killedAtMs).toBeLessThan(TAKEOVER_MS_MAX);
    await stack.services.orchestrator.restart();
    await other.stop();
  });

  it('when their orchestrator stands still past its lease: another takes over then, not before', async () => {
    const flight = await holdInFlight();
    const other = await stack.startAnother('orchestrator');
    const pid = stack.services.orchestrator.pid();
    process.kill(pid, 'SIGSTOP');
    const stoppedAtMs = performance.now();
    await waitUntil(() => hooks.requests.length > RUNS * 1.5, {
      what: 'a call is made again',
      timeoutMs: RECOVERY_MS,
    });
    // The lease was renewed up to a second before.
    expect(performance.now() - stoppedAtMs).toBeGreaterThan(LEASE_MS - 1_500);
    process.kill(pid, 'SIGCONT');
    await waitUntil(() => !isAlive(pid), { what: 'the late one has learnt that it was declared dead' });
    flight.gate.open();
    await expectAllLanded(flight);
    await stack.services.orchestrator.restart();
    await other.stop();
  });

  it('when Postgres is killed under two orchestrators: neither is taken for dead', async () => {
    const flight = await holdInFlight();
    const other = await stack.startAnother('orchestrator');
    await stack.postgres.kill();
    await stack.postgres.restart();
    flight.gate.open();
    await expectAllLanded(flight);
    expect(hooks.requests).toHaveLength(RUNS * 2);
    await other.stop();
  });

  it('when their orchestrator is asked to stop: the other has them at once', async () => {
    const flight = await holdInFlight();
    const other = await stack.startAnother('orchestrator');
    const stopped = stack.services.orchestrator.stop();
    flight.gate.open();
    await expectAllLanded(flight, 5_000);
    await stopped;
    // What was under way was let end: nothing had to be made again.
    expect(hooks.requests).toHaveLength(RUNS * 2);
    await stack.services.orchestrator.restart();
    await other.stop();
  });
});

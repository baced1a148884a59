import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { health, runSummary, SERVICES, usageGet, type Run } from '@aos/contracts';
import {
  startHttpReceiver,
  startTestStack,
  waitUntil,
  type HttpReceiver,
  type TestStack,
} from '@aos/testing';
import { recordOf, type ProcessRecord } from '@aos/tooling';
import { adminPool } from './admin-pool.ts';
import { callerOf } from './api.ts';
import { Follower } from './follower.ts';
import { idsByPath } from './gate.ts';
import { Load, type Accepted, type Client, type Try } from './load.ts';
import { transform, webhook, type Step } from './steps.ts';

const TENANTS = ['default', 'acme', 'globex'];
const AGENTS_PER_TENANT = 2;
/** Goals between one disturbance and the next. */
const SOME = 20;
/** An answer takes this long at most while a server is away; no request waits for its deadline. */
const REFUSAL_MS_MAX = 2_000;
const RECOVERY_MS = 30_000;

let stack: TestStack;
let hooks: HttpReceiver;
let processes: (ProcessRecord | undefined)[];

beforeAll(async () => {
  const env = {
    EGRESS_ALLOW: '127.0.0.1',
    RATE_LIMIT_GOALS_RPM: '1000000',
    RATE_LIMIT_DEFAULT_RPM: '1000000',
  };
  stack = await startTestStack({ modelSandbox: true, env });
  hooks = await startHttpReceiver();
  processes = processesNow();
});
afterAll(async () => {
  await stack.stop();
  await hooks.close();
});

async function clientOf(tenantId: string): Promise<Client> {
  const api = await callerOf(stack, tenantId);
  const { agent_id: agentId } = await api.createAgent({ max_concurrent_runs: 1000 });
  return { api, agentId, follower: await Follower.open(stack, api.key) };
}

/** It is asked again until its server is back: an outage may be longer than the usual three attempts. */
const question = (prompt: string): Step => ({
  skill: 'llm_invoke',
  params: { prompt, max_tokens: 100 },
  retry: { maximum_attempts: 20, maximum_interval_ms: 500 },
});

const processesNow = () => SERVICES.map((name) => recordOf(stack.services[name].pid()));

/** Goals of six clients, each of which watches its runs. */
async function startLoad(): Promise<Load> {
  hooks.requests.length = 0;
  const tenants = TENANTS.flatMap((tenant) => Array<string>(AGENTS_PER_TENANT).fill(tenant));
  return new Load(await Promise.all(tenants.map(clientOf)), (key) => [
    transform('"first"'),
    webhook(`${hooks.url}/${key}/first`),
    question(key),
    webhook(`${hooks.url}/${key}/second`),
  ]);
}

/** What was accepted is done once, seen whole, and nobody had to help. */
async function expectNothingLost({ accepted, clients }: Load): Promise<void> {
  for (const goal of accepted) await expectDoneOnce(goal);
  const ids = [...idsByPath(hooks.requests).values()].map((idsOfOne) => [...idsOfOne]);
  expect(ids).toHaveLength(accepted.length * 2);
  expect(new Set(ids.flat()).size).toBe(accepted.length * 2);
  for (const client of clients) await expectNothingElse(client, accepted);
  for (const client of clients) await expectUsage(client, accepted);
  await expectHealthy();
  expect(processesNow()).toEqual(processes);
}

async function expectDoneOnce({ api, follower, runId }: Accepted): Promise<void> {
  expect(await api.ended(runId, RECOVERY_MS)).toMatchObject({ status: 'succeeded' });
  const seen = await follower.whole(runId);
  expect(seen).toEqual(await api.events(runId));
  expect(seen.map(({ runseq }) => runseq)).toEqual(seen.map((_, index) => index + 1));
  expect(seen.filter(({ type }) => type === 'run.finished')).toHaveLength(1);
}

/** No goal became two runs, none holds money or a place, and the watcher met nothing that a restart does not excuse. */
async function expectNothingElse({ api, agentId, follower }: Client, accepted: Accepted[]): Promise<void> {
  const { body } = await api.send(`GET /runs?agent_id=${agentId}&limit=200`);
  const known = runSummary
    .array()
    .parse(body['data'])
    .map(({ run_id: runId }) => runId);
  const own = accepted.filter((goal) => goal.agentId === agentId).map(({ runId }) => runId);
  expect(known.sort()).toEqual(own.sort());
  expect(await api.getAgent(agentId)).toMatchObject({ open_runs: 0, reserved_microcents: 0 });
  expect(follower.faults).toEqual([]);
  follower.close();
}

/** Each run and each model call is metered once, and the sum is what the runs say models cost. */
async function expectUsage({ api, agentId }: Client, accepted: Accepted[]): Promise<void> {
  const own = accepted.filter((goal) => goal.agentId === agentId);
  const runs = await Promise.all(own.map(({ runId }) => api.getRun(runId)));
  const wanted = {
    runs: runs.length,
    llm_calls: runs.length,
    llm_input_tokens: sum(runs.map((run) => run.input_tokens)),
    llm_output_tokens: sum(runs.map((run) => run.output_tokens)),
    cost: sum(runs.flatMap(modelCosts)),
  };
  const metered = async () => {
    const { body } = await api.send(`GET /usage?agent_id=${agentId}`);
    const { data, total_cost_microcents: cost } = usageGet.output.parse(body);
    return { ...Object.fromEntries(data.map(({ meter, quantity }) => [meter, quantity])), cost };
  };
  const areMetered = async () => Reflect.get(await metered(), 'runs') === wanted.runs;
  await waitUntil(areMetered, { what: 'all runs are metered', timeoutMs: RECOVERY_MS });
  expect(await metered()).toMatchObject(wanted);
}

const modelCosts = ({ steps }: Run): number[] =>
  steps.filter(({ skill }) => skill === 'llm_invoke').map((step) => step.cost_microcents);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

async function expectHealthy(): Promise<void> {
  for (const name of SERVICES) {
    const isHealthy = async () => {
      const response = await fetch(`${stack.services[name].url}/health`);
      return health.parse(await response.json()).status === 'healthy';
    };
    await waitUntil(isHealthy, { what: `${name} healthy again` });
  }
}

/** Refusals come soon and say when to come again. */
function expectGoodRefusals(tries: readonly Try[]): void {
  const refusals = tries.filter(({ answer }) => answer !== undefined && answer.status >= 400);
  expect(refusals.length).toBeGreaterThan(0);
  for (const { answer, elapsedMs } of refusals) {
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', retryable: true } });
    expect(answer?.headers.get('content-type')).toContain('application/problem+json');
    expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(elapsedMs).toBeLessThan(REFUSAL_MS_MAX);
  }
}

const killNats = () => stack.nats.kill();
const stopNats = () => stack.nats.stop();
const stopRedis = () => stack.redis.stop();

/** What Redis held is gone, too. */
async function killRedis(): Promise<void> {
  await stack.redis.kill();
  const state = dirname(dirname(stack.services.orchestrator.logFile));
  rmSync(join(state, 'servers/redis/appendonlydir'), { recursive: true, force: true });
}

describe('goals keep coming, and each that is accepted is done once and seen whole,', () => {
  it.each([
    ['killed', killNats],
    ['stopped', stopNats],
  ])('when NATS is %s and started again, twice', async (_how, end) => {
    const load = await startLoad();
    for (const _ of [1, 2]) {
      await load.accepts(SOME);
      const before = load.tries.length;
      await end();
      await waitUntil(() => load.tries.length > before + load.clients.length, { what: 'tries without NATS' });
      await stack.nats.restart();
    }
    await load.accepts(SOME);
    await load.stop();
    expectGoodRefusals(load.tries);
    await expectNothingLost(load);
  });

  it.each([
    ['killed, with its data lost,', killRedis],
    ['stopped', stopRedis],
  ])('when Redis is %s and started again, twice', async (_how, end) => {
    const load = await startLoad();
    for (const _ of [1, 2]) {
      await load.accepts(SOME);
      await end();
      await load.accepts(SOME);
      await stack.redis.restart();
    }
    await load.accepts(SOME);
    await load.stop();
    // Nobody was refused: what cannot be counted passes.
    expect(load.tries.filter(({ answer }) => answer?.status !== 202)).toEqual([]);
    await expectNothingLost(load);
  });

  it('when both are killed at once', async () => {
    const load = await startLoad();
    await load.accepts(SOME);
    await Promise.all([killNats(), killRedis()]);
    await Promise.all([stack.nats.restart(), stack.redis.restart()]);
    await load.accepts(SOME);
    await load.stop();
    await expectNothingLost(load);
  });

  it('when NATS stands still for some seconds', async () => {
    const pid = stack.nats.process()?.pid;
    if (pid === undefined) return;
    const load = await startLoad();
    await load.accepts(SOME);
    process.kill(pid, 'SIGSTOP');
    const stillUntilMs = performance.now() + 3_000;
    await waitUntil(() => performance.now() > stillUntilMs, { what: 'three seconds' });
    process.kill(pid, 'SIGCONT');
    await load.accepts(SOME);
    await load.stop();
    await expectNothingLost(load);
  });
});

describe('a goal whose answer was lost with NATS', () => {
  it('is the same run when it is sent again', async () => {
    const { api, agentId, follower } = await clientOf('default');
    const keys = Array.from({ length: 5 }, () => crypto.randomUUID());
    const send = (key: string) => api.submit(agentId, { plan: [transform('1')], idempotency_key: key });
    const pool = adminPool(stack);
    try {
      await pool.query('begin; lock table orchestrator.agent_budgets in access exclusive mode');
      const asked = Promise.all(keys.map(send));
      const isHeld = async () => {
        const { rowCount } = await pool.query("select from pg_stat_activity where wait_event_type = 'Lock'");
        return (rowCount ?? 0) > 0;
      };
      await waitUntil(isHeld, { what: 'a submit waits for the lock' });
      await stack.nats.kill();
      for (const { status } of await asked) expect(status).toBe(503);
    } finally {
      await pool.end();
    }
    await stack.nats.restart();
    const again = async () => {
      const answers = await Promise.all(keys.map(send));
      return answers.every(({ status }) => status < 300) && answers;
    };
    const answers = await waitUntil(again, { what: 'the goals are accepted' });
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 200));
    const { body } = await api.send(`GET /runs?agent_id=${agentId}`);
    expect(body['data']).toHaveLength(keys.length);
    follower.close();
  });
});

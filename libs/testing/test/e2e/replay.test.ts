import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHttpReceiver, startTestStack, type HttpReceiver, type TestStack } from '@aos/testing';
import { Api } from './api.ts';
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

const replay = (runId: string, body: Record<string, unknown>) =>
  api.send(`POST /runs/${runId}/replay`, { body });

const issue = (field: string) => ({ status: 400, body: { details: { issues: [{ field }] } } });

const plan = (): Step[] => [
  transform('1', { step_id: 'one' }),
  webhook(`${hooks.url}/hook`, { step_id: 'tell', depends_on: ['one'], retry: { maximum_attempts: 1 } }),
  transform('2', { step_id: 'two', depends_on: ['tell'] }),
];

/** A run that has succeeded, having told the hook once. */
async function endedRun(): Promise<string> {
  const agent = await api.createAgent();
  const runId = await api.start(agent.agent_id, plan());
  expect(await api.ended(runId)).toMatchObject({ status: 'succeeded', replay_of: null });
  return runId;
}

describe('an exact replay', () => {
  it('finds what was done identical, again and again, and does nothing', async () => {
    const runId = await endedRun();
    const before = await api.events(runId);
    const first = await replay(runId, { mode: 'EXACT' });
    expect(first).toMatchObject({
      status: 200,
      body: { mode: 'EXACT', run_id: runId, verdict: 'identical', events: before.length, divergence: null },
    });
    expect((await replay(runId, { mode: 'EXACT' })).body).toEqual(first.body);
    expect(await api.events(runId)).toEqual(before);
    expect(hooks.requests).toHaveLength(1);
  });

  it('refuses what belongs to the other mode, what is not served, and a run there is none of', async () => {
    const runId = await endedRun();
    expect(await replay(runId, { mode: 'EXACT', from_step: 'one' })).toMatchObject(issue('/from_step'));
    expect(await replay(runId, { mode: 'STRESS' })).toMatchObject(issue('/mode'));
    expect((await replay('019b76da-b940-7d77-812d-76c1d6cc1601', { mode: 'EXACT' })).status).toBe(404);
  });
});

describe('a parametric replay', () => {
  it('takes over what is before the step, repeats no side effect, and runs the rest with its changes', async () => {
    const runId = await endedRun();
    const answer = await replay(runId, {
      mode: 'PARAMETRIC',
      from_step: 'tell',
      changes: { params: { two: { query: '3' } } },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        replay_of: runId,
        effects: 'recorded',
        steps: [
          { step_id: 'one', treatment: 'taken_over', is_changed: false },
          { step_id: 'tell', treatment: 'recorded', is_changed: false },
          { step_id: 'two', treatment: 'run', is_changed: true },
        ],
      },
    });
    const { run_id: newId } = answer.body as { run_id: string };
    const run = await api.ended(newId);
    expect(run).toMatchObject({ status: 'succeeded', replay_of: runId, cost_microcents: 1_000 });
    expect(run.steps.map(({ recorded }) => recorded === true)).toEqual([true, true, false]);
    expect(run.outcome?.output).toEqual({ result: 3 });
    expect(hooks.requests).toHaveLength(1);
    // What a replay did can itself be replayed.
    expect((await replay(newId, { mode: 'EXACT' })).body).toMatchObject({ verdict: 'identical' });
  });

  it('does side effects again where it is told to, under keys of their own', async () => {
    const runId = await endedRun();
    const answer = await replay(runId, { mode: 'PARAMETRIC', effects: 'execute' });
    expect(answer.body).toMatchObject({ steps: [{}, { treatment: 'execute' }, {}] });
    const run = await api.ended((answer.body as { run_id: string }).run_id);
    expect(run.status).toBe('succeeded');
    const ids = hooks.requests.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(2);
  });

  it('fails at a step with side effects of which nothing is recorded', async () => {
    const agent = await api.createAgent();
    hooks.respondWith(() => ({ status: 400 }));
    const runId = await api.start(agent.agent_id, [
      webhook(`${hooks.url}/first`, { step_id: 'first', retry: { maximum_attempts: 1 } }),
      webhook(`${hooks.url}/second`, { step_id: 'second', depends_on: ['first'] }),
    ]);
    await api.ended(runId);
    const answer = await replay(runId, { mode: 'PARAMETRIC' });
    expect(answer.body).toMatchObject({ steps: [{ treatment: 'recorded' }, { treatment: 'unrecorded' }] });
    const run = await api.ended((answer.body as { run_id: string }).run_id);
    expect(run).toMatchObject({ status: 'failed', outcome: { error: { retryable: false } } });
    expect(hooks.requests).toHaveLength(1);
  });

  it('makes one run of one key, and none in a dry run', async () => {
    const runId = await endedRun();
    const dry = await replay(runId, { mode: 'PARAMETRIC', dry_run: true });
    expect(dry).toMatchObject({ status: 200, body: { run_id: null, steps: [{}, {}, {}] } });
    const body = { mode: 'PARAMETRIC', idempotency_key: `key-${runId}` };
    const [first, again] = [await replay(runId, body), await replay(runId, body)];
    expect(again.body).toMatchObject({ run_id: (first.body as { run_id: string }).run_id, replayed: true });
    expect((await replay(runId, { ...body, from_step: 'two' })).status).toBe(422);
  });

  it('points at what is wrong', async () => {
    const runId = await endedRun();
    const answer = await replay(runId, {
      mode: 'PARAMETRIC',
      from_step: 'two',
      changes: {
        params: { tell: { url: 'https://example.com' }, none: {}, two: { query: 5 } },
        model: 'm',
      },
    });
    expect(answer.status).toBe(400);
    const { issues } = (answer.body as { details: { issues: { field: string }[] } }).details;
    expect(issues.map(({ field }) => field).sort()).toEqual([
      '/changes/model',
      '/changes/params/none',
      '/changes/params/tell',
      '/changes/params/two/query',
    ]);
    expect(await replay(runId, { mode: 'PARAMETRIC', from_step: 'none' })).toMatchObject({ status: 400 });
  });
});

import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemOf, errorOf, type ErrorCode } from '@aos/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHttpReceiver, type CannedResponse, type HttpReceiver } from '@aos/testing';
import { aos } from './aos.ts';
import { AGENT, AGENT_ID, RUN, RUN_ID, SUBMITTED } from './samples.ts';

let api: HttpReceiver;
let env: Record<string, string>;

const json = (body: unknown, status = 200): CannedResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'x-request-id': 'r-7' },
  body: JSON.stringify(body),
});

const VERDICT = {
  feasible: false,
  status: 'INFEASIBLE',
  cost_cents: 12,
  cost_microcents: 12_000_000,
  latency_ms: 1500,
  steps: [{ step_id: 'fetch', skill: 'http_call', cost_microcents: 12_000_000, latency_ms: 1500 }],
  risks: [{ step_id: 'fetch', code: 'BUDGET', probability: 1, detail: 'costs more than is there' }],
  reasons: ['12 cents are more than 10'],
};

const SKILLS = {
  skills: [{ name: 'http_call', version: '0.2.0' }],
  manifest: [
    {
      name: 'http_call',
      version: '0.2.0',
      description: 'Calls a URL',
      input_schema: { type: 'object' },
      output_schema: { type: 'object' },
      side_effects: 'depends_on_params',
      idempotent: 'depends_on_params',
      pipe: 'body',
      cost_microcents: 0,
      latency_ms: 300,
      timeout_ms: 30_000,
    },
  ],
};

beforeAll(async () => {
  api = await startHttpReceiver();
  env = { AOS_URL: api.url, AOS_API_KEY: 'the-key', AOS_TENANT_ID: 'acme' };
});

beforeEach(() => {
  api.requests.splice(0);
});

afterAll(async () => {
  await api.close();
});

describe('commands', () => {
  it('create an agent with what was said and nothing else', async () => {
    api.respondWith(() => json(AGENT, 201));
    const args = [
      'create-agent',
      '--name',
      'btc',
      '--skills',
      'http_call, json_transform',
      '--model',
      'claude-x',
      '--budget-cents',
      '50',
    ];
    const { exitCode, out } = await aos(args, env);
    expect(exitCode).toBe(0);
    expect(out).toContain(AGENT_ID);
    const [request] = api.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/api/v1/agents',
      headers: { 'x-aos-key': 'the-key', 'x-tenant-id': 'acme' },
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      name: 'btc',
      skills: ['http_call', 'json_transform'],
      model: 'claude-x',
      budget_cents: 50,
    });
  });

  it('list agents in a table, and as the API said with --json', async () => {
    const page = { data: [{ ...AGENT, added_later: true }], next_cursor: 'c2' };
    api.respondWith(() => json(page));
    const shown = await aos(['list-agents', '--limit', '1'], env);
    expect(shown.out.split('\n')).toEqual([
      expect.stringMatching(/^AGENT +NAME +BUDGET +SPENT +OPEN +CREATED$/),
      expect.stringMatching(new RegExp(`^${AGENT_ID}  btc +50 cents +0.25 cents  0 `)),
      'more: aos list-agents --cursor c2',
    ]);
    expect(api.requests[0]?.path).toBe('/api/v1/agents?limit=1');
    const machine = await aos(['--json', 'list-agents'], env);
    expect(JSON.parse(machine.out)).toEqual(page);
    expect(machine.err).toBe('');
  });

  it('submit a goal with its options', async () => {
    api.respondWith(() => json({ ...SUBMITTED, replayed: true }, 202));
    const goal = ['--agent-id', AGENT_ID, '--goal', 'tell me the price', '--plan', '[{"skill":"http_call"}]'];
    const labels = ['--label', 'team=ops', '--label', 'env=test'];
    const facts = ['--idempotency-key', 'k1', '--est-cost-cents', '0.5', ...labels];
    const { exitCode, out } = await aos(['run', ...goal, ...facts], env);
    expect(exitCode).toBe(0);
    expect(out).toContain(`aos get-run ${RUN_ID}`);
    expect(out).toContain('used before');
    expect(api.requests[0]?.path).toBe(`/api/v1/agents/${AGENT_ID}/goals`);
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({
      goal: 'tell me the price',
      plan: [{ skill: 'http_call' }],
      idempotency_key: 'k1',
      est_cost_cents: 0.5,
      labels: { team: 'ops', env: 'test' },
    });
  });

  it('submit a goal to be planned', async () => {
    api.respondWith(() => json(SUBMITTED, 202));
    const { exitCode } = await aos(['run', '--agent-id', AGENT_ID, '--goal', 'tell me the price'], env);
    expect(exitCode).toBe(0);
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({ goal: 'tell me the price' });
  });

  it('show a run with its steps; that it failed is not a failure of asking', async () => {
    api.respondWith(() => json(RUN));
    const { exitCode, out } = await aos(['get-run', RUN_ID], env);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/status +failed/);
    expect(out).toMatch(/took +2.5 s/);
    expect(out).toMatch(/fetch +http_call +failed +3 +1.0 s +upstream_error: status 500/);
  });

  it('cancel a run', async () => {
    api.respondWith(() => json(RUN, 202));
    const { exitCode } = await aos(['cancel-run', RUN_ID, '--reason', 'wrong'], env);
    expect(exitCode).toBe(0);
    expect(api.requests[0]).toMatchObject({
      path: `/api/v1/runs/${RUN_ID}/cancel`,
      body: '{"reason":"wrong"}',
    });
  });

  it.each([
    { args: ['pause-run', RUN_ID], path: 'pause', body: '' },
    { args: ['resume-run', RUN_ID], path: 'resume', body: '{}' },
    {
      args: ['resume-run', RUN_ID, '--step', 'pay', '--outcome', 'skip'],
      path: 'resume',
      body: '{"step_id":"pay","outcome":"skip"}',
    },
    { args: ['restart-run', RUN_ID, '--from-step', 'pick'], path: 'restart', body: '{"from_step":"pick"}' },
  ])('tell a run: $args', async ({ args, path, body }) => {
    api.respondWith(() => json(RUN, 202));
    expect((await aos(args, env)).exitCode).toBe(0);
    expect(api.requests[0]).toMatchObject({ method: 'POST', path: `/api/v1/runs/${RUN_ID}/${path}`, body });
  });

  it('refuse a decision there is none of', async () => {
    expect((await aos(['resume-run', RUN_ID, '--outcome', 'ignore'], env)).exitCode).toBe(2);
  });

  it('simulate a plan and end with 1 when it is not feasible', async () => {
    const args = ['simulate', '--plan', '[{"skill":"http_call"}]', '--budget', '10'];
    api.respondWith(() => json(VERDICT));
    const refused = await aos(args, env);
    expect(refused.exitCode).toBe(1);
    expect(refused.out).toMatch(/INFEASIBLE/);
    expect(refused.out).toMatch(/fetch +BUDGET +100 % +costs more/);
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({
      plan: [{ skill: 'http_call' }],
      budget_cents: 10,
    });
    api.respondWith(() => json({ ...VERDICT, feasible: true, status: 'FEASIBLE', risks: [], reasons: [] }));
    expect((await aos(args, env)).exitCode).toBe(0);
  });

  it('show what can be done here', async () => {
    api.respondWith(() =>
      json({
        tenant_id: 'acme',
        engine_version: 1,
        skills: [
          { name: 'http_call', version: '0.2.0', cost_microcents: 0, latency_ms: 300, side_effects: 'none' },
        ],
        limits: {
          max_steps: 50,
          max_concurrent_runs_per_agent: 5,
          payload_bytes_max: 32_768,
          goals: { plan_steps_max: 200 },
        },
        budget_left_cents: 12.5,
        open_runs: 1,
      }),
    );
    const { exitCode, out } = await aos(['capabilities', '--agent-id', AGENT_ID], env);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/budget left +12.5 cents/);
    expect(out).toMatch(/plan steps +at most 200/);
    expect(api.requests[0]?.path).toBe(`/api/v1/runtime/capabilities?agent_id=${AGENT_ID}`);
  });

  it('list skills, show one, and name them all where there is none of that name', async () => {
    api.respondWith(() => json(SKILLS));
    expect((await aos(['skills'], env)).out).toMatch(/http_call +0.2.0 +Calls a URL/);
    const one = await aos(['skills', 'http_call', '--json'], env);
    expect(JSON.parse(one.out)).toEqual(SKILLS.manifest[0]);
    const none = await aos(['skills', 'teleport'], env);
    expect(none).toMatchObject({ exitCode: 2, err: expect.stringContaining('there are: http_call') });
  });

  it('tell requests and request ids with --verbose, never the key', async () => {
    api.respondWith(() => json(SKILLS));
    const { err } = await aos(['skills', '--verbose'], env);
    expect(err).toContain(`> GET ${api.url}/api/v1/skills`);
    expect(err).toMatch(/< 200 in \d+ ms, request id r-7/);
    expect(err).not.toContain('the-key');
  });
});

describe('exit codes', () => {
  it.each<[ErrorCode, number]>([
    ['invalid_request', 2],
    ['not_found', 2],
    ['budget_exceeded', 2],
    ['rate_limited', 2],
    ['unauthenticated', 3],
    ['tenant_forbidden', 3],
    ['authorization_denied', 3],
    ['internal', 3],
    ['unavailable', 3],
  ])('%s ends with %i, told on standard error, or as JSON', async (code, exitCode) => {
    const problem = problemOf(errorOf(code, 'because'), 'r-7');
    api.respondWith(() => json(problem, problem.status));
    const shown = await aos(['get-run', RUN_ID], env);
    expect(shown).toMatchObject({ exitCode, out: '', err: expect.stringContaining(problem.title) });
    expect(shown.err).toContain('request id r-7');
    const machine = await aos(['get-run', RUN_ID, '--json'], env);
    expect(machine).toMatchObject({ exitCode, err: '' });
    expect(JSON.parse(machine.out)).toEqual({ error: problem });
  });

  it.each([
    [[]],
    [['no-such-command']],
    [['list-agents', '--no-such-option']],
    [['list-agents', 'too', 'many']],
    [['create-agent']],
    [['simulate', '--plan', '[]']],
    [['simulate', '--plan', 'nonsense', '--budget', '1']],
    [['simulate', '--plan', '@/no/such/file', '--budget', '1']],
    [['simulate', '--plan', '[]', '--budget', 'much']],
  ])('bad usage ends with 2 and asks nothing of the API: aos %j', async (args) => {
    const shown = await aos(args, env);
    expect(shown.exitCode).toBe(2);
    expect(shown.err).not.toBe('');
    expect(api.requests).toEqual([]);
  });

  it('help ends with 0 and shows examples', async () => {
    for (const args of [['--help'], ['run', '--help'], ['help', 'simulate']]) {
      expect(await aos(args, env)).toMatchObject({ exitCode: 0, out: expect.stringContaining('$ aos ') });
    }
  });

  it('what cannot be reached ends with 3', async () => {
    const gone = await startHttpReceiver();
    await gone.close();
    const shown = await aos(['list-agents'], { ...env, AOS_URL: gone.url });
    expect(shown).toMatchObject({ exitCode: 3, err: expect.stringContaining('ECONNREFUSED') });
  });

  it('what is not the API ends with 3', async () => {
    api.respondWith(() => ({ status: 404, body: '<html>' }));
    expect(await aos(['list-agents'], env)).toMatchObject({ exitCode: 3 });
    api.respondWith(() => json({ hello: 'world' }));
    expect(await aos(['list-agents'], env)).toMatchObject({ exitCode: 3 });
  });
});

describe('the executable', () => {
  it('says how to build it where it is not built', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'aos-bin-'));
    mkdirSync(join(directory, 'bin'));
    const file = join(directory, 'bin', 'aos.mjs');
    copyFileSync(new URL('../bin/aos.mjs', import.meta.url), file);
    const finished = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, [file], (error, _stdout, stderr) => resolve({ code: error?.code, stderr }));
    });
    rmSync(directory, { recursive: true });
    expect(finished).toEqual({ code: 2, stderr: expect.stringContaining('pnpm run build') });
  });
});

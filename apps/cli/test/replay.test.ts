import { startHttpReceiver, type HttpReceiver } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aos } from './aos.ts';
import { RUN_ID } from './samples.ts';

const EXACT = {
  mode: 'EXACT',
  run_id: RUN_ID,
  engine_version: 3,
  replayed_by: 4,
  events: 19,
  commands: 18,
  verdict: 'identical',
  divergence: null,
  reason: null,
  sha256: 'ab'.repeat(32),
};
const PARAMETRIC = {
  mode: 'PARAMETRIC',
  replay_of: RUN_ID,
  run_id: null,
  agent_id: RUN_ID,
  tenant_id: 'acme',
  status: null,
  created_at: null,
  replayed: false,
  from_step: 'pick',
  effects: 'recorded',
  reserved_microcents: 1_000_000,
  steps: [
    { step_id: 'fetch', skill: 'http_call', treatment: 'taken_over', is_changed: false },
    { step_id: 'pick', skill: 'json_transform', treatment: 'run', is_changed: true },
  ],
};

let api: HttpReceiver;
let env: Record<string, string>;

beforeAll(async () => {
  api = await startHttpReceiver();
  env = { AOS_URL: api.url, AOS_API_KEY: 'the-key' };
});
beforeEach(() => {
  api.requests.splice(0);
});
afterAll(() => api.close());

const answer = (body: unknown) =>
  api.respondWith(() => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }));

const exact = (...options: string[]) => aos(['replay', RUN_ID, '--mode', 'EXACT', ...options], env);

describe('replay', () => {
  it('says that a journal is what the engine would do, and ends with 0', async () => {
    answer(EXACT);
    const shown = await exact();
    expect(shown).toMatchObject({ exitCode: 0, err: '' });
    expect(shown.out).toMatch(/verdict +identical\nengine +3, replayed by 4/);
    expect(api.requests[0]).toMatchObject({
      method: 'POST',
      path: `/api/v1/runs/${RUN_ID}/replay`,
      body: '{"mode":"EXACT"}',
    });
  });

  it('ends with 1 where they diverge or it cannot be said, and shows where', async () => {
    const divergence = { run_seq: 7, expected: [{ do: 'start' }], found: { do: 'finish' } };
    answer({ ...EXACT, verdict: 'diverged', divergence });
    const shown = await exact();
    expect(shown.exitCode).toBe(1);
    expect(shown.out).toMatch(/at +run_seq 7\nexpected +\{"do":"start"\}\nfound +\{"do":"finish"\}/);
    const reason = { code: 'payload_unreadable', run_seq: 3 };
    answer({ ...EXACT, verdict: 'not_replayable', reason });
    expect(JSON.parse((await exact('--json')).out)).toMatchObject({ reason });
    expect((await exact()).exitCode).toBe(1);
  });

  it('runs again with changes, and shows what becomes of each step', async () => {
    answer(PARAMETRIC);
    const changes = ['--param', 'pick.query=.b', '--skill', 'pick=json_transform', '--budget', '1'];
    const more = ['--from-step', 'pick', '--model', 'm', '--effects', 'execute', '--dry-run'];
    const shown = await aos(['replay', RUN_ID, '--mode', 'PARAMETRIC', ...changes, ...more], env);
    expect(shown.exitCode).toBe(0);
    expect(shown.out).toMatch(/pick +json_transform +run +changed/);
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({
      mode: 'PARAMETRIC',
      from_step: 'pick',
      effects: 'execute',
      dry_run: true,
      changes: {
        params: { pick: { query: '.b' } },
        skills: { pick: 'json_transform' },
        model: 'm',
        budget_cents: 1,
      },
    });
  });

  it('needs a mode that there is', async () => {
    expect((await aos(['replay', RUN_ID], env)).exitCode).toBe(2);
    expect((await aos(['replay', RUN_ID, '--mode', 'STRESS'], env)).exitCode).toBe(2);
  });
});

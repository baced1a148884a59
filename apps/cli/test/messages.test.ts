import type { MailboxMessage } from '@aos/contracts';
import { startHttpReceiver, type HttpReceiver } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aos } from './aos.ts';
import { AGENT_ID, RUN, RUN_ID } from './samples.ts';

const MESSAGE_ID = '019a2f6e-7c1b-7d11-8a52-0000000000c1';
const OTHER_RUN_ID = '019a2f6e-7c1b-7d11-8a52-0000000000b2';
const TIME = '2026-01-01T00:00:00.000Z';
const MESSAGE: MailboxMessage = {
  message_id: MESSAGE_ID,
  from: { run_id: null, agent_id: null, caller: 'ada' },
  to: { agent_id: AGENT_ID },
  type: 'approved',
  body: { by: 'Ada' },
  correlation_id: 'r-7',
  reply_to: null,
  created_at: TIME,
  taken_by_run_id: null,
  taken_at: null,
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

const answer = (body: unknown, status = 200) =>
  api.respondWith(() => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }));

const send = (...options: string[]) =>
  aos(['send-message', AGENT_ID, '--type', 'approved', '--body', '{"by": "Ada"}', ...options], env);

describe('send-message', () => {
  it('sends what was said and nothing else, and shows which message it has become', async () => {
    answer({ ...MESSAGE, replayed: false }, 201);
    const { exitCode, out } = await send();
    expect(exitCode).toBe(0);
    expect(out).toContain(MESSAGE_ID);
    expect(out).not.toContain('used before');
    expect(api.requests[0]).toMatchObject({ method: 'POST', path: `/api/v1/agents/${AGENT_ID}/messages` });
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({ type: 'approved', body: { by: 'Ada' } });
  });

  it('says that a key was used before', async () => {
    answer({ ...MESSAGE, replayed: true }, 201);
    const keys = ['--correlation-id', 'r-7', '--reply-to', MESSAGE_ID, '--idempotency-key', 'k1'];
    expect((await send(...keys)).out).toContain('used before');
    expect(JSON.parse(api.requests[0]?.body ?? '')).toMatchObject({
      correlation_id: 'r-7',
      reply_to: MESSAGE_ID,
      idempotency_key: 'k1',
    });
  });

  it('takes a body that is no JSON as text, and needs a type', async () => {
    answer({ ...MESSAGE, body: 'go on', replayed: false }, 201);
    await aos(['send-message', AGENT_ID, '--type', 'approved', '--body', 'go on'], env);
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({ type: 'approved', body: 'go on' });
    expect((await aos(['send-message', AGENT_ID, '--body', 'go on'], env)).exitCode).toBe(2);
  });
});

describe('list-messages', () => {
  it('shows who sent each, what it says and which run took it', async () => {
    const from = { run_id: OTHER_RUN_ID, agent_id: AGENT_ID, caller: null };
    const taken = { ...MESSAGE, from, taken_by_run_id: RUN_ID, taken_at: TIME };
    answer({ data: [MESSAGE, taken], next_cursor: 'c2' });
    const filter = ['--type', 'approved', '--correlation-id', 'r-7', '--state', 'waiting', '--limit', '2'];
    const { exitCode, out } = await aos(['list-messages', AGENT_ID, ...filter], env);
    expect(exitCode).toBe(0);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^MESSAGE +TYPE +FROM +BODY +CORRELATION +SENT +TAKEN BY RUN$/),
      expect.stringMatching(/approved +ada +\{"by":"Ada"\} +r-7 +2026-01-01T00:00:00.000Z *$/),
      expect.stringMatching(new RegExp(`run ${OTHER_RUN_ID} .*${RUN_ID}$`)),
      expect.stringContaining('--cursor c2'),
    ]);
    expect(api.requests[0]?.path).toBe(
      `/api/v1/agents/${AGENT_ID}/messages?type=approved&correlation_id=r-7&state=waiting&limit=2`,
    );
  });

  it('says that there are none', async () => {
    answer({ data: [], next_cursor: null });
    expect((await aos(['list-messages', AGENT_ID], env)).out).toBe('no messages');
  });
});

describe('get-run', () => {
  it('shows whose child a run is, and its own children with what they wait for', async () => {
    const child = {
      run_id: OTHER_RUN_ID,
      agent_id: AGENT_ID,
      step_id: 'facts',
      status: 'waiting',
      waiting_reason: 'message',
      cost_cents: 0.5,
      cost_microcents: 500_000,
    };
    answer({ ...RUN, parent_run_id: MESSAGE_ID, parent_step_id: 'report', children: [child] });
    const { out } = await aos(['get-run', RUN_ID], env);
    expect(out).toMatch(new RegExp(`child of +${MESSAGE_ID}, step report`));
    expect(out).toMatch(
      new RegExp(`CHILD RUN.*\\n${OTHER_RUN_ID} +facts +${AGENT_ID} +waiting \\(message\\) +0.5 cents`),
    );
  });

  it('says nothing of parents and children where there are none', async () => {
    answer({ ...RUN, parent_run_id: null, parent_step_id: null, children: [] });
    expect((await aos(['get-run', RUN_ID], env)).out).not.toMatch(/child/i);
  });
});

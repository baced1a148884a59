import { errorOf, problemOf, type StuckRun, type Worker } from '@aos/contracts';
import { startHttpReceiver, type CannedResponse, type HttpReceiver } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aos } from './aos.ts';
import { AGENT_ID } from './samples.ts';

const RUN_ID = '0193b0a0-0000-7000-8000-000000000001';
const NOW = '2026-01-02T03:04:05.000Z';

let api: HttpReceiver;
let env: Record<string, string>;

const json = (body: unknown, status = 200): CannedResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** What was asked for, as `METHOD /path body`. */
const asked = (): string[] =>
  api.requests.map(({ method, path, body }) => `${method} ${path.replace('/api/v1', '')} ${body}`.trimEnd());

const STUCK: StuckRun = {
  run_id: RUN_ID,
  tenant_id: 'acme',
  agent_id: AGENT_ID,
  status: 'waiting',
  reason: 'waiting_for_person',
  detail: 'waits for a person: unknown_outcome',
  since: NOW,
  waiting_reason: 'unknown_outcome',
  next_attempt_at: null,
  worker_id: null,
  idle_claims: 0,
};

const WORKER: Worker = {
  worker_id: RUN_ID,
  host: 'node-1',
  engine_version: 3,
  started_at: NOW,
  lease_until: NOW,
  lease_age_ms: 400,
  live: true,
  draining: false,
  slots: 100,
  runs_owned: 7,
};

beforeAll(async () => {
  api = await startHttpReceiver();
  env = { AOS_URL: api.url, AOS_API_KEY: 'the-key' };
});
beforeEach(() => {
  api.requests.splice(0);
});
afterAll(() => api.close());

describe('aos ops stuck', () => {
  it('shows each run with the reason, and the tenant where all are asked for', async () => {
    api.respondWith(() => json({ data: [STUCK], next_cursor: RUN_ID }));
    const own = await aos(['ops', 'stuck'], env);
    expect(own.exitCode).toBe(0);
    expect(own.out).toMatch(/^RUN +STATUS +REASON +SINCE +DETAIL\n.*waiting_for_person/);
    expect(own.out).toContain(`--cursor ${RUN_ID}`);
    const all = await aos(['ops', 'stuck', '--older-than', '2h', '--all-tenants'], env);
    expect(all.out).toMatch(/^RUN +TENANT .*\n.* acme /);
    expect(asked()).toEqual([
      'GET /admin/runs/stuck',
      'GET /admin/runs/stuck?older_than_seconds=7200&all_tenants=true',
    ]);
  });

  it('says so where nothing is stuck, and what a duration is', async () => {
    api.respondWith(() => json({ data: [], next_cursor: null }));
    expect((await aos(['ops', 'stuck'], env)).out).toBe('no stuck runs');
    const wrong = await aos(['ops', 'stuck', '--older-than', 'soon'], env);
    expect(wrong).toMatchObject({ exitCode: 2, err: expect.stringContaining('90s, 5m') });
  });
});

describe('aos ops requeue', () => {
  it('says whether it was needed', async () => {
    api.respondWith(() => json({ run_id: RUN_ID, status: 'queued', requeued: true }));
    expect((await aos(['ops', 'requeue', RUN_ID], env)).out).toContain('in again');
    expect(asked()).toEqual([`POST /admin/runs/${RUN_ID}/requeue`]);
    api.respondWith(() => json({ run_id: RUN_ID, status: 'queued', requeued: false }));
    expect((await aos(['ops', 'requeue', RUN_ID], env)).out).toContain('already');
  });

  it('tells why it cannot be done', async () => {
    const problem = problemOf(errorOf('conflict', 'the run has ended: failed'), 'r');
    api.respondWith(() => json(problem, 409));
    expect(await aos(['ops', 'requeue', RUN_ID], env)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('the run has ended: failed'),
    });
  });
});

describe('aos ops workers and drain', () => {
  it('show what each does', async () => {
    const ended = { ...WORKER, live: false };
    api.respondWith(() => json({ data: [WORKER, { ...WORKER, draining: true }, ended] }));
    const { out } = await aos(['ops', 'workers'], env);
    expect(out).toMatch(/^WORKER +HOST +ENGINE +STATE +LEASE AGE +RUNS +STARTED\n/);
    expect(out).toMatch(/node-1 +3 +working +400 ms +7\/100 /);
    expect(out).toContain('draining');
    expect(out).toContain('lease ended');
    api.respondWith(() => json({ data: [] }));
    expect((await aos(['ops', 'workers'], env)).out).toBe('no workers');
  });

  it('order one to drain and to resume', async () => {
    api.respondWith(() => json({ ...WORKER, draining: true }));
    expect((await aos(['ops', 'drain', RUN_ID], env)).out).toContain('draining');
    api.respondWith(() => json(WORKER));
    expect((await aos(['ops', 'drain', RUN_ID, '--resume'], env)).out).toContain('working');
    expect(asked()).toEqual([`POST /admin/workers/${RUN_ID}/drain`, `POST /admin/workers/${RUN_ID}/resume`]);
  });
});

describe('aos ops suspend and resume', () => {
  it('tell how the tenant stands', async () => {
    api.respondWith(() => json({ tenant_id: 'acme', suspended_at: NOW, reason: 'unpaid' }));
    const suspended = await aos(['ops', 'suspend', 'acme', '--reason', 'unpaid'], env);
    expect(suspended.out).toMatch(new RegExp(`suspended +since ${NOW}\nreason +unpaid`));
    api.respondWith(() => json({ tenant_id: 'acme', suspended_at: null, reason: null }));
    expect((await aos(['ops', 'resume', 'acme'], env)).out).toMatch(/suspended +no$/);
    expect(asked()).toEqual([
      'POST /admin/tenants/acme/suspend {"reason":"unpaid"}',
      'POST /admin/tenants/acme/resume',
    ]);
  });
});

describe('aos ops dead-letters', () => {
  const LETTER = {
    sequence: 7,
    stream: 'AOS_EVENTS',
    consumer: 'billing-runs',
    subject: 'aos.events.v1.acme.a.run.r.run.finished',
    reason: 'bad \u001b[31mcolour',
    deliveries: 20,
    time: NOW,
    payload_bytes: 7,
    preview: '{"a":1}',
    traceparent: null,
    payload: '{"a":1}',
    payload_base64: 'eyJhIjoxfQ==',
  };

  it('lists them without obeying what they hold', async () => {
    api.respondWith(() => json({ data: [LETTER], next_cursor: '8' }));
    const { out } = await aos(['ops', 'dead-letters', '--consumer', 'billing-runs', '--limit', '1'], env);
    expect(out).toMatch(
      /^NUMBER +CONSUMER +TIME +TRIES +REASON +PAYLOAD\n7 +billing-runs .* bad colour +\{"a":1\}\n/,
    );
    expect(out).toContain('--cursor 8');
    expect(asked()).toEqual(['GET /admin/dead-letters?consumer=billing-runs&limit=1']);
    api.respondWith(() => json({ data: [], next_cursor: null }));
    expect((await aos(['ops', 'dead-letters'], env)).out).toBe('no dead letters');
  });

  it('shows one whole: as text, as bytes, or that it is too large', async () => {
    api.respondWith(() => json(LETTER));
    expect((await aos(['ops', 'dead-letters', 'get', '7'], env)).out).toMatch(
      /payload +7 bytes\n\n\{"a":1\}$/,
    );
    api.respondWith(() => json({ ...LETTER, payload: null, subject: null, reason: null, deliveries: null }));
    expect((await aos(['ops', 'dead-letters', 'get', '7'], env)).out).toMatch(/base64 eyJhIjoxfQ==$/);
    api.respondWith(() => json({ ...LETTER, payload: null, payload_base64: null }));
    expect((await aos(['ops', 'dead-letters', 'get', '7'], env)).out).toContain('too large');
  });

  it('replays one or those of a consumer, and tells what failed', async () => {
    api.respondWith(() => json({ replayed: 1, failed: 0, data: [], more: false }));
    expect(await aos(['ops', 'dead-letters', 'replay', '7'], env)).toMatchObject({
      exitCode: 0,
      out: '1 replayed, 0 failed',
    });
    const data = [{ sequence: 8, outcome: 'failed', detail: 'no consumer x is known' }];
    api.respondWith(() => json({ replayed: 0, failed: 1, data, more: true }));
    const some = await aos(['ops', 'dead-letters', 'replay', '--consumer', 'x', '--limit', '1'], env);
    expect(some).toMatchObject({
      exitCode: 1,
      out: expect.stringMatching(/8 +no consumer x[^]*there are more/),
    });
    expect(asked()).toEqual([
      'POST /admin/dead-letters/replay {"sequence":7}',
      'POST /admin/dead-letters/replay {"consumer":"x","limit":1}',
    ]);
    expect(await aos(['ops', 'dead-letters', 'replay'], env)).toMatchObject({ exitCode: 2 });
  });

  it('deletes one', async () => {
    api.respondWith(() => json({ sequence: 7 }));
    expect((await aos(['ops', 'dead-letters', 'delete', '7'], env)).out).toBe('dead letter 7 is deleted');
    expect(asked()).toEqual(['DELETE /admin/dead-letters/7']);
  });
});

const hit = (runId: string, outcome: string, error: object | null = null) => ({
  run_id: runId,
  status: 'running',
  goal: 'g',
  outcome,
  error,
});

describe('aos bulk-cancel', () => {
  const page = { action: 'cancel', dry_run: true, matched: 2, done: 0, failed: 0, next_cursor: null };

  it('only tells which would be hit, unless it is said to be meant', async () => {
    api.respondWith(() => json({ ...page, data: [hit(RUN_ID, 'would_be_hit')] }));
    const filter = ['--agent', AGENT_ID, '--label', 'team=red', '--status', 'running'];
    const { out, exitCode } = await aos(['bulk-cancel', ...filter, '--before', NOW, '--after', NOW], env);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^RUN +STATUS +GOAL\n.*\n2 would be hit; do it with --yes$/);
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({
      action: 'cancel',
      filter: {
        agent_id: AGENT_ID,
        status: 'running',
        labels: { team: 'red' },
        created_before: NOW,
        created_after: NOW,
      },
      dry_run: true,
      limit: 20,
    });
    await aos(['bulk-cancel', '--yes', '--dry-run'], env);
    expect(JSON.parse(api.requests[1]?.body ?? '')).toMatchObject({ dry_run: true });
    api.respondWith(() => json({ ...page, matched: 0, data: [] }));
    expect((await aos(['bulk-cancel'], env)).out).toBe('no run would be hit');
  });

  it('goes on page by page, tells how far it is, and what failed', async () => {
    const error = { code: 'conflict', message: 'the run has ended' };
    const pages = [
      { ...page, done: 1, data: [hit(RUN_ID, 'done')], next_cursor: 'c2' },
      { ...page, matched: 1, failed: 1, data: [hit(RUN_ID, 'failed', error)] },
    ];
    api.respondWith(() => json(pages.shift()));
    const { out, err, exitCode } = await aos(['bulk-cancel', '--yes', '--reason', 'enough'], env);
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: '1 of 2' });
    expect(out).toMatch(/the run has ended\nasked to cancel: 1, failed: 1$/);
    expect(api.requests.map(({ body }) => JSON.parse(body))).toMatchObject([
      { dry_run: false, reason: 'enough', limit: 100 },
      { cursor: 'c2' },
    ]);
  });

  it('ends where the API does, with what was done', async () => {
    const answers = [
      json({ ...page, done: 1, data: [hit(RUN_ID, 'done')], next_cursor: 'c2' }),
      json(problemOf(errorOf('unavailable', 'gone'), 'r'), 503),
    ];
    api.respondWith(() => answers.shift() ?? json({}));
    expect(await aos(['bulk-cancel', '--yes'], env)).toMatchObject({
      exitCode: 3,
      err: expect.stringContaining('1 done before it failed'),
    });
  });

  it('has a twin that runs failed runs again', async () => {
    api.respondWith(() => json({ ...page, action: 'retry', done: 1, data: [hit(RUN_ID, 'done')] }));
    const { out } = await aos(['bulk-retry', '--agent', AGENT_ID, '--yes'], env);
    expect(out).toBe('runs again: 1, failed: 0');
    expect(JSON.parse(api.requests[0]?.body ?? '')).toMatchObject({ action: 'retry' });
  });

  it('gives machines one document', async () => {
    api.respondWith(() => json({ ...page, dry_run: false, done: 1, data: [hit(RUN_ID, 'done')] }));
    const { out } = await aos(['bulk-cancel', '--yes', '--json'], env);
    expect(JSON.parse(out)).toEqual({ action: 'cancel', done: 1, failed: 0, failures: [] });
  });
});

describe('aos ops archive', () => {
  const DAY = {
    run_day: '2026-01-02',
    status: 'verified',
    reason: null,
    attempts: 0,
    bytes: 12_345,
    events: 900,
    runs: 40,
    sha256: 'a'.repeat(64),
    updated_at: NOW,
    verified_at: NOW,
    dropped_at: null,
  };

  it('shows how far each day is, and why one is not further', async () => {
    const waiting = { ...DAY, status: 'waiting', bytes: null, reason: '1 of its runs has not ended' };
    api.respondWith(() => json({ data: [waiting, DAY], next_cursor: null }));
    const { out } = await aos(['ops', 'archive', '--limit', '2'], env);
    expect(out).toMatch(
      /^DAY +STATUS +RUNS +EVENTS +SIZE +CHANGED +DETAIL\n.*waiting.*1 of its runs has not ended/,
    );
    expect(out).toMatch(/verified +40 +900 +12,345 bytes/);
    expect(asked()).toEqual(['GET /admin/archive?limit=2']);
  });

  it('archives now, and says where to look', async () => {
    api.respondWith(() => json({ tried_again: 1 }));
    const { out } = await aos(['ops', 'archive', 'run'], env);
    expect(out).toBe('begun; failed days tried again: 1. aos ops archive shows how far it is');
    expect(asked()).toEqual(['POST /admin/archive/run']);
  });

  it('verifies a day; one that is not intact is a failure', async () => {
    const check = { run_day: DAY.run_day, bytes: 12_345, events: 900, runs: 40, sha256: DAY.sha256 };
    api.respondWith(() => json({ ...check, intact: true, detail: null }));
    expect(await aos(['ops', 'archive', 'verify', DAY.run_day], env)).toMatchObject({
      exitCode: 0,
      out: '2026-01-02 is intact: 900 events of 40 runs, 12,345 bytes',
    });
    expect(asked()).toEqual(['POST /admin/archive/2026-01-02/verify']);
    api.respondWith(() => json({ ...check, intact: false, detail: 'it is not where archives are kept' }));
    expect(await aos(['ops', 'archive', 'verify', DAY.run_day], env)).toMatchObject({
      exitCode: 1,
      out: '2026-01-02 is NOT intact: it is not where archives are kept',
    });
  });
});

import { errorOf, fail, succeed } from '@aos/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { FakeOrchestrator } from './fake-orchestrator.ts';
import { call } from './requests.ts';
import { ID, OUTPUTS, submittedRun } from './samples.ts';
import type { Gateway } from './start-gateway.ts';
import { startSurroundings, type Surroundings } from './surroundings.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

let surroundings: Surroundings;
let gateway: Gateway;
let orchestrator: FakeOrchestrator;

beforeAll(async () => {
  surroundings = await startSurroundings();
  orchestrator = surroundings.orchestrator;
  gateway = await surroundings.gateway();
}, 120_000);

afterAll(() => surroundings.stop());

beforeEach(() => {
  orchestrator.received.length = 0;
  orchestrator.respondWith(async ({ subject }) => succeed(OUTPUTS[subject]));
});

const GOALS = `POST /api/v1/agents/${ID}/goals`;

describe('a goal', () => {
  it('that is fresh is answered 202 with the place of its run', async () => {
    const answer = await call(gateway.url, GOALS, { body: { goal: 'g' } });
    expect(answer).toMatchObject({ status: 202, body: { run_id: ID, replayed: false } });
    expect(answer.headers.get('location')).toBe(`/api/v1/runs/${ID}`);
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
  });

  it('that was submitted before is answered 200 and says that it is a replay', async () => {
    orchestrator.respondWith(async () => succeed({ ...submittedRun, replayed: true, status: 'succeeded' }));
    const answer = await call(gateway.url, GOALS, { body: { goal: 'g', idempotency_key: 'k' } });
    expect(answer).toMatchObject({ status: 200, body: { replayed: true, status: 'succeeded' } });
    expect(answer.headers.get('idempotency-replayed')).toBe('true');
  });

  it('has the same idempotency key whether header or body says it', async () => {
    await call(gateway.url, GOALS, { body: { goal: 'g' }, headers: { 'idempotency-key': 'k-1' } });
    await call(gateway.url, GOALS, { body: { goal: 'g', idempotency_key: 'k-1' } });
    expect(orchestrator.received.map(({ input }) => input)).toEqual([
      { agent_id: ID, goal: 'g', priority: 5, idempotency_key: 'k-1' },
      { agent_id: ID, goal: 'g', priority: 5, idempotency_key: 'k-1' },
    ]);
  });

  it('whose header and body name different keys is refused', async () => {
    const answer = await call(gateway.url, GOALS, {
      body: { goal: 'g', idempotency_key: 'a' },
      headers: { 'idempotency-key': 'b' },
    });
    expect(answer).toMatchObject({
      status: 400,
      body: { details: { issues: [{ field: '/idempotency_key' }] } },
    });
    expect(orchestrator.received).toEqual([]);
  });

  it.each([
    ['budget_exceeded', 402],
    ['too_many_open_runs', 429],
    ['idempotency_conflict', 422],
    ['not_found', 404],
    ['egress_denied', 400],
  ] as const)('that its owner refuses with %s is a %i with all that was said', async (code, status) => {
    const refusal = errorOf(code, 'because', { details: { field: '/x' }, retryAfterMs: 1_200 });
    orchestrator.respondWith(async () => fail(refusal));
    const answer = await call(gateway.url, GOALS, { body: { goal: 'g' } });
    expect(answer).toMatchObject({ status, body: { ...refusal, detail: 'because' } });
    expect(answer.headers.get('retry-after')).toBe('2');
  });
});

describe('a request', () => {
  it('reaches its owner with tenant, actor, level, request id, trace and deadline', async () => {
    const sentMs = Date.now();
    const answer = await call(gateway.url, `GET /api/v1/agents/${ID}`, {
      headers: {
        'x-tenant-id': 'acme',
        'x-request-id': 'req-1',
        traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
      },
    });
    expect(answer.headers.get('x-request-id')).toBe('req-1');
    const [{ context } = { context: undefined }] = orchestrator.received;
    expect(context).toMatchObject({
      tenantId: 'acme',
      actor: { id: 'key:bootstrap', level: 5 },
      requestId: 'req-1',
    });
    expect(context?.traceparent).toMatch(new RegExp(`^00-${TRACE}-`));
    expect(context?.deadlineMs).toBeGreaterThanOrEqual(sentMs + 9_000);
  });

  it('is served at the root where the contract says so, and only there', async () => {
    expect(await call(gateway.url, 'GET /agents')).toMatchObject({ status: 200 });
    expect(await call(gateway.url, 'GET /runtime/capabilities')).toMatchObject({ status: 404 });
  });

  it('may send its key as a bearer token', async () => {
    const headers = { authorization: 'Bearer bootstrap-key-of-the-tests' };
    expect(await call(gateway.url, 'GET /skills', { key: null, headers })).toMatchObject({ status: 200 });
  });

  it('sends the numbers of its query as numbers', async () => {
    await call(gateway.url, `GET /runs/${ID}/events?after=7&limit=20`);
    expect(orchestrator.received).toMatchObject([{ input: { run_id: ID, after: 7, limit: 20 } }]);
  });

  it('sends the lists of its query as lists', async () => {
    const query = 'from=2026-01-01&group_by=day,model&meter=llm_calls&limit=5';
    expect(await call(gateway.url, `GET /api/v1/usage?${query}`)).toMatchObject({ status: 200 });
    expect(orchestrator.received).toMatchObject([
      { input: { from: '2026-01-01', group_by: ['day', 'model'], meter: 'llm_calls', limit: 5 } },
    ]);
    const refused = await call(gateway.url, 'GET /api/v1/usage?group_by=day,colour');
    expect(refused).toMatchObject({
      status: 400,
      body: { details: { issues: [{ field: '/group_by/1' }] } },
    });
  });

  it('creates an agent with 201 and its place, under the prefix it was asked at', async () => {
    const atRoot = await call(gateway.url, 'POST /agents', { body: { name: 'a' } });
    const atPrefix = await call(gateway.url, 'POST /api/v1/agents', { body: { name: 'a' } });
    expect([atRoot.status, atRoot.headers.get('location')]).toEqual([201, `/agents/${ID}`]);
    expect([atPrefix.status, atPrefix.headers.get('location')]).toEqual([201, `/api/v1/agents/${ID}`]);
  });

  it('may cancel a run without a body', async () => {
    expect(await call(gateway.url, `POST /runs/${ID}/cancel`)).toMatchObject({ status: 202 });
    const headers = { 'content-type': 'application/json' };
    expect(await call(gateway.url, `POST /runs/${ID}/cancel`, { headers })).toMatchObject({ status: 202 });
  });

  it('with a method the path does not serve is a 405 that names those it does', async () => {
    const answer = await call(gateway.url, 'DELETE /api/v1/skills');
    expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect(answer.headers.get('allow')).toContain('GET');
  });

  it('that is too large is told so also to a client that sends all before it reads', async () => {
    const { hostname, port } = new URL(gateway.url);
    const body = Buffer.alloc(8 * 1024 * 1024, 'x');
    const head = [
      'POST /agents HTTP/1.1',
      'host: x',
      'x-aos-key: bootstrap-key-of-the-tests',
      'content-type: application/json',
      `content-length: ${body.length}`,
    ];
    const socket = connect(Number(port), hostname).pause();
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      socket.write(body, () => resolve());
    });
    const [answer] = await once(socket.resume(), 'data');
    socket.destroy();
    expect(String(answer)).toMatch(/^HTTP\/1.1 413 /);
  });

  it('whose owner answers what the contract does not allow is a 500 without internals', async () => {
    orchestrator.respondWith(async () => succeed({ secret: 'inner' }));
    const answer = await call(gateway.url, `GET /agents/${ID}`);
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(JSON.stringify(answer.body)).not.toContain('inner');
  });

  it('never has its key in the logs', async () => {
    await call(gateway.url, `GET /agents/${ID}`);
    expect(gateway.logs.length).toBeGreaterThan(0);
    expect(gateway.logs.join('')).not.toContain('bootstrap-key-of-the-tests');
  });
});

describe('the descriptions of the API', () => {
  it('are served to everybody', async () => {
    expect(await call(gateway.url, 'GET /openapi.json', { key: null })).toMatchObject({
      status: 200,
      body: { openapi: expect.stringMatching(/^3\.1/), paths: { '/api/v1/runs': { get: {} } } },
    });
    expect(await call(gateway.url, 'GET /asyncapi.json', { key: null })).toMatchObject({
      status: 200,
      body: { asyncapi: expect.stringMatching(/^3\./), channels: {} },
    });
  });

  it('are readable at a page that loads nothing from elsewhere', async () => {
    const response = await fetch(`${gateway.url}/docs`);
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(page).toContain('/openapi.json');
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const [, script = ''] = /<script[^>]* src="([^"]+)"/.exec(page) ?? [];
    const loaded = await fetch(new URL(script, response.url));
    expect([loaded.status, loaded.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('javascript'),
    ]);
  });
});

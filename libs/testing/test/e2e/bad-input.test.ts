import { evaluation, HTTP_ROUTES, type ErrorCode, type HttpRoute } from '@aos/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestStack, waitUntil, type TestStack } from '@aos/testing';
import { Api, callerOf, type Answer } from './api.ts';
import { transform } from './steps.ts';
import { stored } from './stored.ts';

const METADATA = 'http://169.254.169.254/latest/meta-data';
const THREE_MB = JSON.stringify({ name: 'x'.repeat(3 * 1024 * 1024) });

const SUITE = {
  name: 'orders',
  tasks: [
    { name: 'total', goal: 'g', plan: [transform('1')], assertions: [{ path: '', op: 'equals', value: 1 }] },
  ],
};

/** A good body of each route that takes one, and one in which `field` has the wrong type. */
const BODIES: Record<string, { good: object; wrong: object; field: string }> = {
  'POST /agents': { good: { name: 'a' }, wrong: { name: 'a', budget_cents: '5' }, field: '/budget_cents' },
  'PATCH /agents/:agent_id': { good: { name: 'b' }, wrong: { skills: 'all' }, field: '/skills' },
  'POST /agents/:agent_id/goals': {
    good: { goal: 'g', plan: [transform('1')] },
    wrong: { goal: 'g', plan: [transform('1'), { skill: 'json_transform', params: 'x' }] },
    field: '/plan/1/params',
  },
  'POST /runs/:run_id/cancel': { good: { reason: 'r' }, wrong: { reason: 1 }, field: '/reason' },
  'POST /runs/:run_id/pause': { good: {}, wrong: [], field: '' },
  'POST /runs/:run_id/resume': { good: {}, wrong: { outcome: 'maybe' }, field: '/outcome' },
  'POST /runs/:run_id/restart': { good: {}, wrong: { from_step: 1 }, field: '/from_step' },
  'POST /runs/:run_id/replay': { good: { mode: 'EXACT' }, wrong: { mode: 1 }, field: '/mode' },
  'POST /agents/:agent_id/messages': {
    good: { type: 'note', body: {} },
    wrong: { type: 1, body: {} },
    field: '/type',
  },
  'POST /runtime/simulate': {
    good: { plan: [transform('1')], budget_cents: 5 },
    wrong: { plan: [transform('1')], budget_cents: '5' },
    field: '/budget_cents',
  },
  'POST /runs/bulk': {
    good: { action: 'cancel', filter: {}, dry_run: true },
    wrong: { action: 'cancel', filter: { status: 'odd' } },
    field: '/filter/status',
  },
  'POST /admin/runs/:run_id/requeue': { good: {}, wrong: [], field: '' },
  'POST /admin/workers/:worker_id/drain': { good: {}, wrong: [], field: '' },
  'POST /admin/workers/:worker_id/resume': { good: {}, wrong: [], field: '' },
  'POST /admin/tenants/:tenant/suspend': { good: { reason: 'r' }, wrong: { reason: 1 }, field: '/reason' },
  'POST /admin/tenants/:tenant/resume': { good: {}, wrong: [], field: '' },
  'POST /admin/archive/run': { good: {}, wrong: [], field: '' },
  'POST /admin/archive/:run_day/verify': { good: {}, wrong: [], field: '' },
  'POST /admin/dead-letters/replay': {
    good: { sequence: 1 },
    wrong: { sequence: '1' },
    field: '/sequence',
  },
  'POST /eval/suites': {
    good: SUITE,
    wrong: { ...SUITE, tasks: [{ ...SUITE.tasks[0], goal: 5 }] },
    field: '/tasks/0/goal',
  },
  'POST /eval/evaluations': { good: { suite: 'orders' }, wrong: { suite: ['orders'] }, field: '/suite' },
  'POST /admin/api-keys': { good: { name: 'k' }, wrong: { name: 'k', level: 'owner' }, field: '/level' },
  'DELETE /admin/api-keys/:key_id': { good: {}, wrong: [], field: '' },
};

type Ids = Record<'agent_id' | 'run_id' | 'key_id' | 'evaluation_id' | 'suite' | 'name', string>;

/** What belongs to no tenant. */
const NOBODYS = {
  worker_id: '0193b0a0-0000-7000-8000-000000000001',
  tenant: 'globex',
  sequence: '1',
  run_day: '2026-01-01',
};

let stack: TestStack;
/** An owner, so that no refusal is one of its level. */
let api: Api;
let own: Ids;
let foreign: Ids;
let before: Record<string, string>;

const routes = HTTP_ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const);
/** Of the platform alone, however high the level. */
const platform = routes.filter(([, { level }]) => level === 5);
const withId = routes.filter(([, { path, level }]) => path.includes(':') && level < 5);
const writing = routes.filter(([, { method }]) => method !== 'GET');

beforeAll(async () => {
  stack = await startTestStack({
    env: { ENFORCE_TENANCY: 'true', RATE_LIMIT_ENABLED: 'false' },
    services: ['api-gateway', 'orchestrator', 'eval', 'billing'],
  });
  api = await callerOf(stack, 'acme', 5);
  own = await makeThings(api);
  foreign = await makeThings(await callerOf(stack, 'globex', 5), 'secret-orders');
  before = await waitUntil(restingStore, { what: 'all events published' });
});
afterAll(() => stack.stop());

async function makeThings(caller: Api, suite = SUITE.name): Promise<Ids> {
  const { agent_id } = await caller.createAgent();
  const run_id = await caller.start(agent_id, [transform('1')]);
  await caller.ended(run_id);
  const { body } = await caller.send('POST /admin/api-keys', { body: { name: 'k' } });
  const evaluation_id = await evaluate(caller, suite);
  return { agent_id, run_id, key_id: String(body['key_id']), evaluation_id, suite, name: 'plan.ics' };
}

async function evaluate(caller: Api, suite: string): Promise<string> {
  await caller.send('POST /eval/suites', { body: { ...SUITE, name: suite } });
  const started = evaluation.parse((await caller.send('POST /eval/evaluations', { body: { suite } })).body);
  const hasEnded = async () => {
    const { body } = await caller.send(`GET /eval/evaluations/${started.evaluation_id}`);
    return evaluation.parse(body).status !== 'running';
  };
  await waitUntil(hasEnded, { what: `an evaluation of ${suite}` });
  return started.evaluation_id;
}

async function restingStore(): Promise<Record<string, string> | false> {
  const found = await stored(stack);
  return (found['orchestrator.unpublished'] ?? '').startsWith('0 ') && found;
}

interface Change {
  caller?: Api;
  ids?: Ids;
  query?: string;
  body?: object | string;
}

/** A good request of the route with one thing changed. */
function send(route: HttpRoute, change: Change = {}): Promise<Answer> {
  const { caller = api, ids = own, query = '' } = change;
  const path = Object.entries({ ...NOBODYS, ...ids }).reduce(
    (text, [name, id]) => text.replace(`:${name}`, id),
    route.path,
  );
  const body = change.body ?? BODIES[`${route.method} ${route.path}`]?.good;
  return caller.send(`${route.method} ${path}${query}`, { body });
}

function expectProblem(
  { status, headers, body }: Answer,
  code: ErrorCode,
  expected: number,
  field?: string,
): void {
  expect({ status, body }).toMatchObject({
    status: expected,
    body: { code, status: expected, request_id: headers.get('x-request-id') },
  });
  expect(headers.get('content-type')).toContain('application/problem+json');
  if (field !== undefined) expect(body).toMatchObject({ details: { issues: [{ field }] } });
}

describe.each(routes)('%s refuses', (_name, route) => {
  it('a bad key (401)', async () => {
    for (const key of ['wrong', `aos_${'A'.repeat(43)}`]) {
      const caller = new Api(stack.gatewayUrl, key, 'acme');
      expectProblem(await send(route, { caller }), 'unauthenticated', 401);
    }
  });

  it('a request without its tenant (400)', async () => {
    const caller = new Api(stack.gatewayUrl, api.key);
    expectProblem(await send(route, { caller }), 'tenant_required', 400);
  });

  it('a tenant that is not the key’s (403)', async () => {
    const caller = new Api(stack.gatewayUrl, api.key, 'globex');
    expectProblem(await send(route, { caller }), 'tenant_forbidden', 403);
  });

  it('an unknown query parameter, by name (400)', async () => {
    expectProblem(await send(route, { query: '?bogus=1' }), 'invalid_request', 400, '/bogus');
  });
});

describe.each(withId)('%s', (_name, route) => {
  it('does not find what is another tenant’s (404)', async () => {
    expectProblem(await send(route, { ids: foreign }), 'not_found', 404);
  });
});

describe.each(platform)('%s', (_name, route) => {
  it('is not for an owner of one tenant (403)', async () => {
    expectProblem(await send(route), 'authorization_denied', 403);
  });
});

describe.each(writing)('%s refuses a body', (name, route) => {
  it('with an unknown field, by name (400)', async () => {
    const body = { ...BODIES[name]?.good, bogus: 1 };
    expectProblem(await send(route, { body }), 'invalid_request', 400, '/bogus');
  });

  it('that is bad JSON (400)', async () => {
    expectProblem(await send(route, { body: '{"name":' }), 'invalid_request', 400);
  });

  it('of 3 MB (413)', async () => {
    expectProblem(await send(route, { body: THREE_MB }), 'payload_too_large', 413);
  });
});

describe.each(routes.filter(([, { body }]) => body !== undefined))('%s refuses a body', (name, route) => {
  it('with a value of the wrong type, by JSON pointer (400)', async () => {
    const { wrong, field } = BODIES[name] ?? {};
    expectProblem(await send(route, { body: wrong ?? {} }), 'invalid_request', 400, field);
  });
});

describe('a plan', () => {
  const refusal = { code: 'egress_denied', details: { issues: [{ field: '/plan/0/params/url' }] } };

  it.each([
    METADATA,
    'http://2852039166/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://0xa9fea9fe/',
    'http://127.0.0.1/',
  ])('that names the private address %s is refused by the place where it does (400)', async (url) => {
    for (const skill of ['http_call', 'webhook_send']) {
      const params = skill === 'http_call' ? { url } : { url, payload: 1 };
      const answer = await api.submit(own.agent_id, { plan: [{ skill, params }] });
      expect(answer).toMatchObject({ status: 400, body: refusal });
    }
  });

  it('that names it is infeasible in a simulation', async () => {
    const plan = [{ step_id: 'peek', skill: 'http_call', params: { url: METADATA } }];
    const answer = await api.send('POST /runtime/simulate', { body: { plan, budget_cents: 5 } });
    const risks = [{ step_id: 'peek', code: 'HOST_DENIED' }];
    expect(answer).toMatchObject({ status: 200, body: { feasible: false, risks } });
  });
});

describe('all these refusals', () => {
  it('have written nothing; what is accepted is seen in the store', async () => {
    expect(await waitUntil(restingStore, { what: 'all events published' })).toEqual(before);
    await api.createAgent();
    expect(await stored(stack)).not.toEqual(before);
  });
});

import { HTTP_ROUTES, problem } from '@aos/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FakeOrchestrator } from './fake-orchestrator.ts';
import { call, nameOf, send } from './requests.ts';
import { BODIES } from './samples.ts';
import type { Gateway } from './start-gateway.ts';
import { startSurroundings, type Surroundings } from './surroundings.ts';

const routes = HTTP_ROUTES.map((route) => [nameOf(route), route] as const);
const withBody = routes.filter(([name]) => name in BODIES);
const forwarded = routes.filter(([, route]) => route.command !== undefined);
const THREE_MB = JSON.stringify({ name: 'x'.repeat(3 * 1024 * 1024) });
const UNKNOWN_KEY = `aos_${'A'.repeat(43)}`;

let surroundings: Surroundings;
let gateway: Gateway;
let enforcing: Gateway;
let limited: Gateway;
let orchestrator: FakeOrchestrator;
let viewerKey: string;

beforeAll(async () => {
  surroundings = await startSurroundings();
  orchestrator = surroundings.orchestrator;
  gateway = await surroundings.gateway();
  enforcing = await surroundings.gateway({ ENFORCE_TENANCY: 'true' });
  limited = await surroundings.gateway({ RATE_LIMIT_DEFAULT_RPM: '1', RATE_LIMIT_GOALS_RPM: '1' });
  const created = await call(gateway.url, 'POST /api/v1/admin/api-keys', {
    body: { name: 'viewer', level: 1 },
    headers: { 'x-tenant-id': 'acme' },
  });
  viewerKey = String(created.body['api_key']);
}, 120_000);

afterAll(() => surroundings.stop());

beforeEach(() => {
  orchestrator.received.length = 0;
});

/** The refusal is a problem document with a request id, and the orchestrator heard nothing of it. */
async function expectProblem(
  response: Response,
  status: number,
  code: string,
  field?: string,
): Promise<void> {
  const body: unknown = await response.json();
  expect({ status: response.status, body }).toMatchObject({ status, body: { code, status } });
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const { request_id, details } = problem.parse(body);
  expect(response.headers.get('x-request-id')).toBe(request_id);
  if (field !== undefined) expect(details).toMatchObject({ issues: [{ field }] });
  expect(orchestrator.received).toEqual([]);
}

describe.each(forwarded)('%s, asked well,', (_name, route) => {
  it('is sent to its owner once, and answered with its status', async () => {
    const response = await send(gateway.url, route);
    expect(response.status).toBe(route.status);
    expect(orchestrator.received.map(({ subject }) => subject)).toEqual([route.command?.subject]);
  });
});

describe.each(routes)('%s refuses', (_name, route) => {
  it('a request without a key (401)', async () => {
    const response = await send(gateway.url, route, { key: null });
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    await expectProblem(response, 401, 'unauthenticated');
  });

  it.each(['wrong', UNKNOWN_KEY])('the key %s (401)', async (key) => {
    await expectProblem(await send(gateway.url, route, { key }), 401, 'unauthenticated');
  });

  it("another tenant than the key's (403)", async () => {
    const response = await send(gateway.url, route, { key: viewerKey, headers: { 'x-tenant-id': 'globex' } });
    await expectProblem(response, 403, 'tenant_forbidden');
  });

  it('a malformed tenant, by the name of the header (400)', async () => {
    const response = await send(gateway.url, route, { headers: { 'x-tenant-id': 'Not.A.Tenant' } });
    await expectProblem(response, 400, 'invalid_request', 'X-Tenant-Id');
  });

  it('a request without tenant where tenancy is enforced (400)', async () => {
    await expectProblem(await send(enforcing.url, route), 400, 'tenant_required');
  });

  it('an unknown query parameter, by name (400)', async () => {
    await expectProblem(
      await send(gateway.url, route, { query: '?bogus=1' }),
      400,
      'invalid_request',
      '/bogus',
    );
  });

  it('what is over the limit (429), and says when to come back', async () => {
    const tenant = `limited-${route.method.toLowerCase()}-${routes.findIndex(([, other]) => other === route)}`;
    const headers = { 'x-tenant-id': tenant };
    const attempts = route.rate === 'reads' ? 11 : 2;
    const answers: Response[] = [];
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      orchestrator.received.length = 0;
      answers.push(await send(limited.url, route, { headers }));
    }
    const refused = answers.at(-1);
    if (refused === undefined) throw new Error('nothing was sent');
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit')).toMatch(new RegExp(`^"${route.rate}";r=0;t=\\d+$`));
    expect(refused.headers.get('ratelimit-policy')).toMatch(new RegExp(`^"${route.rate}";q=\\d+;w=60$`));
    await expectProblem(refused, 429, 'rate_limited');
  });
});

describe.each(routes.filter(([, { level }]) => level > 1))('%s refuses', (_name, route) => {
  it('a level that is too low (403)', async () => {
    await expectProblem(await send(gateway.url, route, { key: viewerKey }), 403, 'authorization_denied');
  });
});

describe.each(routes.filter(([, { path }]) => path.includes('_id')))(
  '%s finds nothing at',
  (_name, route) => {
    it.each(['nonsense', '%20', '123'])('the id %s (404)', async (strangeId) => {
      const path = route.path.replace(/:\w+/, strangeId);
      await expectProblem(await send(gateway.url, { ...route, path }), 404, 'not_found');
    });
  },
);

describe.each(withBody)('%s refuses a body', (name, route) => {
  const { valid, wrong, wrongField } = BODIES[name] ?? { valid: {}, wrong: {}, wrongField: '' };

  it('with an unknown field, by name (400)', async () => {
    const response = await send(gateway.url, route, { body: { ...valid, bogus: 1 } });
    await expectProblem(response, 400, 'invalid_request', '/bogus');
  });

  it('with a field of the wrong type, by JSON pointer (400)', async () => {
    await expectProblem(await send(gateway.url, route, { body: wrong }), 400, 'invalid_request', wrongField);
  });

  it.each(['[]', '"x"', 'null', '7'])('that is %s and no object (400)', async (body) => {
    await expectProblem(await send(gateway.url, route, { body }), 400, 'invalid_request', '');
  });

  it.each(['{"name":', 'name=x', '{"__proto__":{"level":5}}'])(
    'that is %s and bad JSON (400)',
    async (body) => {
      await expectProblem(await send(gateway.url, route, { body }), 400, 'invalid_request');
    },
  );

  it('of 3 MB (413)', async () => {
    await expectProblem(await send(gateway.url, route, { body: THREE_MB }), 413, 'payload_too_large');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
    'of type %s (415)',
    async (type) => {
      const response = await send(gateway.url, route, { headers: { 'content-type': type } });
      await expectProblem(response, 415, 'unsupported_media_type');
    },
  );
});

describe('all these refusals', () => {
  it('have written nothing', async () => {
    const { body } = await call(gateway.url, 'GET /api/v1/admin/api-keys');
    expect(body).toEqual({ data: [], next_cursor: null });
  });
});

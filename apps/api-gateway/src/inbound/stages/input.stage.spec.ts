import { HTTP_ROUTES, type HttpRoute } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { inputStage, type RequestParts } from './input.stage.ts';

const AGENT = '01890a5d-ac96-774b-bcce-b302099a8057';

function read(name: string, parts: Partial<RequestParts>) {
  return inputStage(routeOf(name))({
    params: {},
    query: {},
    body: undefined,
    idempotencyKey: undefined,
    ...parts,
  });
}

function routeOf(name: string): HttpRoute {
  const found = HTTP_ROUTES.find(({ method, path }) => `${method} ${path}` === name);
  if (found === undefined) throw new Error(`no route ${name}`);
  return found;
}

const GOALS = 'POST /agents/:agent_id/goals';
const params = { agent_id: AGENT };

describe('the input of a route', () => {
  it('is path, query and body together', () => {
    expect(read(GOALS, { params, body: { goal: 'g' } })).toEqual({
      ok: true,
      value: { agent_id: AGENT, goal: 'g' },
    });
    expect(read('GET /runs', { query: { status: 'queued' } })).toEqual({
      ok: true,
      value: { status: 'queued' },
    });
  });

  it('has the numbers of the query as numbers', () => {
    const run = { run_id: AGENT };
    expect(read('GET /runs/:run_id/events', { params: run, query: { after: '7', limit: '20' } })).toEqual({
      ok: true,
      value: { run_id: AGENT, after: 7, limit: 20 },
    });
  });

  it.each(['x', '-1', '1.5', '', ['1', '2']])('refuses %j as a limit, by name', (limit) => {
    expect(read('GET /runs', { query: { limit } })).toMatchObject({
      error: { code: 'invalid_request', details: { issues: [{ field: '/limit' }] } },
    });
  });

  it('refuses an unknown query parameter by name, also where the body would have the field', () => {
    expect(read('POST /agents', { query: { name: 'n' }, body: {} })).toMatchObject({
      error: { details: { issues: [{ field: '/name', message: 'unknown field; remove it' }] } },
    });
  });

  it('refuses a body that says again what the path says', () => {
    expect(read(GOALS, { params, body: { goal: 'g', agent_id: AGENT } })).toMatchObject({
      error: { code: 'invalid_request', details: { issues: [{ field: '/agent_id' }] } },
    });
  });

  it('finds nothing at an id that is no UUID', () => {
    expect(read(GOALS, { params: { agent_id: 'x' }, body: { goal: 'g' } })).toMatchObject({
      error: { code: 'not_found' },
    });
  });

  it.each([[[]], ['text'], [7], [null]])('refuses %j as a body', (body) => {
    expect(read('POST /agents', { body })).toMatchObject({
      error: { code: 'invalid_request', details: { issues: [{ field: '' }] } },
    });
  });

  it('refuses a body nested deeper than validation can bear', () => {
    const context: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(read(GOALS, { params, body: { goal: 'g', context } })).toMatchObject({
      error: { code: 'invalid_request' },
    });
  });
});

describe('the idempotency key', () => {
  it('may stand in the header, in the body, or in both alike', () => {
    const inBody = { goal: 'g', idempotency_key: 'k' };
    for (const parts of [
      { body: { goal: 'g' }, idempotencyKey: 'k' },
      { body: inBody },
      { body: inBody, idempotencyKey: 'k' },
    ]) {
      expect(read(GOALS, { params, ...parts })).toMatchObject({ value: { idempotency_key: 'k' } });
    }
  });

  it('is refused where header and body differ', () => {
    const body = { goal: 'g', idempotency_key: 'a' };
    expect(read(GOALS, { params, body, idempotencyKey: 'b' })).toMatchObject({
      error: { code: 'invalid_request', details: { issues: [{ field: '/idempotency_key' }] } },
    });
  });

  it('is no field of a command that takes none', () => {
    expect(read('POST /agents', { body: { name: 'n' }, idempotencyKey: 'k' })).toEqual({
      ok: true,
      value: { name: 'n' },
    });
  });
});

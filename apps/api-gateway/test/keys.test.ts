import { authVerify, EVENTS_STREAM, type RequestContext } from '@aos/contracts';
import { connectMessaging, type Messaging } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import { waitUntil } from '@aos/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from './requests.ts';
import { ID } from './samples.ts';
import type { Gateway } from './start-gateway.ts';
import { startSurroundings, type Surroundings } from './surroundings.ts';

let surroundings: Surroundings;
let gateway: Gateway;
let realtime: Messaging;

beforeAll(async () => {
  surroundings = await startSurroundings();
  gateway = await surroundings.gateway();
  const url = surroundings.natsUrlFor('realtime');
  const logger = createLogger({ service: 'realtime', level: 'silent' });
  realtime = await connectMessaging({ url, service: 'realtime', logger });
}, 120_000);

afterAll(async () => {
  await realtime.drain();
  await surroundings.stop();
});

const KEYS = '/api/v1/admin/api-keys';

async function createKey(tenant: string, level: number, name = 'k'): Promise<{ key: string; keyId: string }> {
  const { status, body } = await call(gateway.url, `POST ${KEYS}`, {
    body: { name, level },
    headers: { 'x-tenant-id': tenant },
  });
  expect(status).toBe(201);
  return { key: String(body['api_key']), keyId: String(body['key_id']) };
}

describe('an API key', () => {
  it('is shown once, when it is made, and found by its place', async () => {
    const made = await call(gateway.url, `POST ${KEYS}`, { body: { name: 'n', level: 2 } });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'n', level: 2, tenant_id: 'default', revoked_at: null },
    });
    expect(made.body['api_key']).toMatch(/^aos_[A-Za-z0-9_-]{43}$/);
    expect(made.headers.get('location')).toBe(`${KEYS}/${String(made.body['key_id'])}`);
    const { body } = await call(gateway.url, `GET ${KEYS}`);
    expect(JSON.stringify(body)).toContain(String(made.body['key_id']));
    expect(JSON.stringify(body)).not.toContain(String(made.body['api_key']));
  });

  it('acts for its own tenant and no other', async () => {
    const { key } = await createKey('acme', 3);
    expect(await call(gateway.url, 'GET /agents', { key })).toMatchObject({ status: 200 });
    const headers = { 'x-tenant-id': 'globex' };
    expect(await call(gateway.url, 'GET /agents', { key, headers })).toMatchObject({ status: 403 });
  });

  it('is neither seen nor revoked by another tenant (404)', async () => {
    const { keyId } = await createKey('acme', 3);
    const { key } = await createKey('globex', 4);
    const { body } = await call(gateway.url, `GET ${KEYS}`, { key });
    expect(JSON.stringify(body)).not.toContain(keyId);
    expect(await call(gateway.url, `DELETE ${KEYS}/${keyId}`, { key })).toMatchObject({ status: 404 });
  });

  it('may not make or revoke a key of a higher level than its own', async () => {
    const manager = await createKey('acme', 4);
    const owner = await createKey('acme', 5);
    const body = { name: 'higher', level: 5 };
    expect(await call(gateway.url, `POST ${KEYS}`, { key: manager.key, body })).toMatchObject({
      status: 403,
      body: { code: 'authorization_denied' },
    });
    expect(await call(gateway.url, `DELETE ${KEYS}/${owner.keyId}`, { key: manager.key })).toMatchObject({
      status: 403,
    });
    expect(await call(gateway.url, 'GET /agents', { key: owner.key })).toMatchObject({ status: 200 });
  });

  it('is refused from the moment it is revoked, also where it was just used', async () => {
    const { key, keyId } = await createKey('acme', 3);
    expect(await call(gateway.url, 'GET /agents', { key })).toMatchObject({ status: 200 });
    const headers = { 'x-tenant-id': 'acme' };
    expect(await call(gateway.url, `DELETE ${KEYS}/${keyId}`, { headers })).toMatchObject({
      status: 200,
      body: { key_id: keyId },
    });
    expect(await call(gateway.url, 'GET /agents', { key })).toMatchObject({ status: 401 });
  });

  it('is refused by every replica as soon as one of them has revoked it', async () => {
    const replica = await surroundings.gateway();
    const { key, keyId } = await createKey('acme', 3);
    const status = async () => (await call(replica.url, 'GET /agents', { key })).status;
    expect(await status()).toBe(200);
    await call(gateway.url, `DELETE ${KEYS}/${keyId}`, { headers: { 'x-tenant-id': 'acme' } });
    await waitUntil(async () => (await status()) === 401, { what: 'the refusal', timeoutMs: 2_000 });
  });

  it('that is revoked is told as key.revoked, once', async () => {
    const events: string[] = [];
    const stop = realtime.subscribeCore('aos.live.v1.acme._.key.>', ({ payload }) => events.push(payload));
    const { keyId } = await createKey('acme', 3);
    const headers = { 'x-tenant-id': 'acme' };
    await call(gateway.url, `DELETE ${KEYS}/${keyId}`, { headers });
    await call(gateway.url, `DELETE ${KEYS}/${keyId}`, { headers });
    const last = await createKey('acme', 3);
    await call(gateway.url, `DELETE ${KEYS}/${last.keyId}`, { headers });
    await waitUntil(async () => events.some((event) => event.includes(last.keyId)), {
      what: 'the last event',
    });
    stop();
    const told = events.map((event): unknown => JSON.parse(event));
    expect(told).toMatchObject([
      { type: 'key.revoked', tenantid: 'acme', data: { key_id: keyId } },
      { type: 'key.revoked', tenantid: 'acme', data: { key_id: last.keyId } },
    ]);
    expect(EVENTS_STREAM.republish?.to).toBe('aos.live.v1.>');
  });

  it('list is read by pages, newest first', async () => {
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) made.push((await createKey('paged', 1)).keyId);
    const seen: unknown[] = [];
    let query = '?limit=2';
    for (let pages = 0; pages < 3; pages += 1) {
      const { body } = await call(gateway.url, `GET ${KEYS}${query}`, {
        headers: { 'x-tenant-id': 'paged' },
      });
      const { data, next_cursor: cursor } = body;
      if (Array.isArray(data)) seen.push(...data.map((key: { key_id: string }) => key.key_id));
      query = `?limit=2&cursor=${String(cursor)}`;
      if (cursor === null) break;
    }
    expect(seen).toEqual(made.reverse());
    expect(await call(gateway.url, `GET ${KEYS}?cursor=bogus`)).toMatchObject({ status: 400 });
  });
});

describe('gateway.auth.verify.v1', () => {
  const context: RequestContext = {
    tenantId: '',
    actor: { id: 'service:realtime', level: 1 },
    requestId: 'r',
    deadlineMs: 0,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    signal: new AbortController().signal,
  };
  const verify = (credential: string, tenantId?: string) =>
    realtime.request(
      authVerify,
      { ...context, deadlineMs: Date.now() + 5_000 },
      { credential, ...(tenantId === undefined ? {} : { tenant_id: tenantId }) },
    );

  it('says who a key is', async () => {
    const { key, keyId } = await createKey('acme', 2);
    expect(await verify(key)).toEqual({
      ok: true,
      value: { tenant_id: 'acme', key_id: keyId, actor: `key:${keyId}`, level: 2 },
    });
  });

  it('refuses what HTTP refuses', async () => {
    const { key } = await createKey('acme', 2);
    expect(await verify('nonsense')).toMatchObject({ error: { code: 'unauthenticated' } });
    expect(await verify(key, 'globex')).toMatchObject({ error: { code: 'tenant_forbidden' } });
    expect(await verify(key, 'Not.A.Tenant')).toMatchObject({ error: { code: 'invalid_request' } });
  });
});

describe('a level', () => {
  it('that reaches the route passes', async () => {
    const operator = await createKey('acme', 2);
    expect(
      await call(gateway.url, `POST /agents/${ID}/goals`, { key: operator.key, body: { goal: 'g' } }),
    ).toMatchObject({ status: 202 });
    expect(await call(gateway.url, 'POST /agents', { key: operator.key, body: { name: 'a' } })).toMatchObject(
      {
        status: 403,
      },
    );
  });
});

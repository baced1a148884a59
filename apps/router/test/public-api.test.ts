import { randomUUID } from 'node:crypto';
import { eventSubject } from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PROVIDER_KEY, hello, openPublicWorld, type PublicWorld } from './public-world.ts';
import { sendJson } from './upstream.ts';

let world: PublicWorld;

beforeAll(async () => {
  world = await openPublicWorld();
}, 240_000);

beforeEach(() => {
  world.upstream.requests.length = 0;
});

afterAll(() => world.close());

const completion = (more: object = {}) => ({
  id: 'c1',
  object: 'chat.completion',
  model: 'served',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Nothing.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 42, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 2 } },
  ...more,
});

describe('a chat completion', () => {
  it('passes through as it is, with the key of the provider, and is paid for behind the answer', async () => {
    const { key, tenantId } = world.newKey();
    world.upstream.answerWith((_request, response) => sendJson(response, completion()));
    const response = await world.post(hello({ temperature: 0.5, new_field: [1] }), { key });
    expect([response.status, await response.json()]).toEqual([200, completion()]);
    expect(response.headers.get('x-request-id')).toBeTruthy();
    const [request] = world.upstream.requests;
    expect(request?.path).toBe('/v1/chat/completions');
    expect(JSON.parse(request?.body ?? '')).toEqual(hello({ temperature: 0.5, new_field: [1] }));
    expect(request?.headers.authorization).toBe(`Bearer ${PROVIDER_KEY}`);
    expect(JSON.stringify(request?.headers)).not.toContain(key);
    expect(await world.spendOf(tenantId)).toMatchObject({
      purpose: 'client',
      provider: 'open',
      model: 'plain',
      response_model: 'served',
      key_id: key,
      input_tokens: '42',
      cache_read_tokens: '2',
      output_tokens: '3',
      cost_microcents: String(40 * 100 + 2 * 10 + 3 * 400),
      status: 'complete',
      is_estimated: false,
    });
  });

  it('goes by the name of the provider where that is another one', async () => {
    world.upstream.answerWith((_request, response) => sendJson(response, completion()));
    const response = await world.post(hello({ model: 'renamed' }), { key: world.newKey().key });
    expect(response.status).toBe(200);
    expect(JSON.parse(world.upstream.requests[0]?.body ?? '')).toEqual(hello({ model: 'their-name' }));
  });

  it('is taken with the headers of all SDKs', async () => {
    world.upstream.answerWith((_request, response) => sendJson(response, completion()));
    const { key } = world.newKey();
    for (const headers of [{ 'x-api-key': key }, { 'x-aos-key': key }, { authorization: `bearer ${key}` }]) {
      expect((await world.post(hello(), { headers })).status).toBe(200);
    }
  });
});

describe('a message', () => {
  it('passes through with its version, and is paid for', async () => {
    const { key, tenantId } = world.newKey();
    const message = {
      id: 'm1',
      type: 'message',
      role: 'assistant',
      model: 'claude-served',
      content: [{ type: 'text', text: 'Hello' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 10, output_tokens: 2, cache_creation_input_tokens: 5 },
    };
    world.upstream.answerWith((_request, response) => sendJson(response, message));
    const body = { ...hello({ model: 'claude-test' }), max_tokens: 50 };
    const headers = { 'x-api-key': key, 'anthropic-version': '2023-06-01' };
    const response = await world.post(body, { path: '/v1/messages', headers });
    expect([response.status, await response.json()]).toEqual([200, message]);
    expect(world.upstream.requests[0]).toMatchObject({
      path: '/v1/messages',
      headers: { 'x-api-key': PROVIDER_KEY, 'anthropic-version': '2023-06-01' },
    });
    expect(await world.spendOf(tenantId)).toMatchObject({
      provider: 'claude',
      response_model: 'claude-served',
      input_tokens: '15',
      cache_write_tokens: '5',
      output_tokens: '2',
    });
  });
});

describe('embeddings', () => {
  it('pass through and cost their input', async () => {
    const { key, tenantId } = world.newKey();
    const vectors = {
      object: 'list',
      model: 'served',
      data: [],
      usage: { prompt_tokens: 7, total_tokens: 7 },
    };
    world.upstream.answerWith((_request, response) => sendJson(response, vectors));
    const response = await world.post({ model: 'vectors', input: 'a' }, { path: '/v1/embeddings', key });
    expect(await response.json()).toEqual(vectors);
    expect(await world.spendOf(tenantId)).toMatchObject({
      input_tokens: '7',
      output_tokens: '0',
      cost_microcents: '14',
    });
  });
});

describe('a failure', () => {
  it.each([
    ['an unknown model', hello({ model: 'plane' }), 404, 'model_not_found'],
    ['a model of another API', hello({ model: 'claude-test' }), 404, 'model_not_found'],
    ['no JSON', '{"model":', 400, 'invalid_request'],
    ['a field that is there twice', '{"model":"a","model":"plain"}', 400, 'invalid_request'],
    ['too many tokens', hello({ max_tokens: 1_000_000 }), 400, 'invalid_request'],
  ])("has OpenAI's shape: %s", async (...[, body, status, code]) => {
    const response = await world.post(body, world.newKey());
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code } });
    expect(world.upstream.requests).toEqual([]);
  });

  it.each([{}, { key: 'unknown' }])('is a missing or unknown key: %j', async (credential) => {
    const response = await world.post(hello(), credential);
    expect([response.status, await response.json()]).toMatchObject([
      401,
      { error: { code: 'invalid_api_key' } },
    ]);
    expect(world.upstream.requests).toEqual([]);
  });

  it("has Anthropic's shape at its endpoint", async () => {
    const response = await world.post(hello({ model: 'no' }), {
      path: '/v1/messages',
      key: world.newKey().key,
    });
    expect([response.status, await response.json()]).toEqual([
      404,
      {
        type: 'error',
        error: { type: 'not_found_error', message: expect.stringContaining('there is no model no') },
        request_id: response.headers.get('request-id'),
      },
    ]);
  });

  it('by a level that is too low is refused', async () => {
    expect((await world.post(hello(), { key: world.newKey(1).key })).status).toBe(403);
  });

  it.each([
    [400, 400, 'false'],
    [401, 502, 'false'],
    [429, 429, 'true'],
    [500, 502, 'true'],
  ])('of the provider with %i is a %i', async (theirs, ours, shouldRetry) => {
    const { key, tenantId } = world.newKey();
    world.upstream.answerWith((_request, response) => {
      response.setHeader('retry-after', '7');
      sendJson(response, { error: { message: `no ${PROVIDER_KEY}` } }, theirs);
    });
    const response = await world.post(hello(), { key });
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([ours, shouldRetry]);
    if (theirs === 429) expect(response.headers.get('retry-after')).toBe('7');
    if (theirs === 401) expect(await response.text()).not.toContain(PROVIDER_KEY);
    expect(await world.rowsOf(tenantId)).toEqual([]);
  });
});

describe('a key', () => {
  it('is asked for once, and again at once when it is revoked', async () => {
    world.upstream.answerWith((_request, response) => sendJson(response, completion()));
    const { key, tenantId } = world.newKey();
    world.verified.length = 0;
    for (let count = 0; count < 3; count += 1) expect((await world.post(hello(), { key })).status).toBe(200);
    expect(world.verified).toEqual([key]);
    world.keys.delete(key);
    const event = {
      specversion: '1.0',
      id: randomUUID(),
      source: 'aos/api-gateway',
      type: 'key.revoked',
      subject: `key/${key}`,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      tenantid: tenantId,
      data: { key_id: key },
    };
    const subject = eventSubject({ tenantId, entity: 'key', entityId: key }, 'key.revoked');
    await world.gateway.publishEvents([
      { id: event.id, subject, traceparent: '', payload: JSON.stringify(event) },
    ]);
    await waitUntil(async () => (await world.post(hello(), { key })).status === 401, {
      what: 'the key is refused',
    });
  });
});

describe('the list of models', () => {
  it('has those that can be called', async () => {
    const headers = { authorization: `Bearer ${world.newKey().key}` };
    const response = await fetch(`${world.router.url}/v1/models`, { headers });
    expect(await response.json()).toMatchObject({
      object: 'list',
      data: [{ id: 'plain', object: 'model', owned_by: 'open' }, {}, {}, { id: 'claude-test' }],
    });
  });
});

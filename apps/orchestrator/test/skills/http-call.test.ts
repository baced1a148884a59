import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { ARTIFACT_BYTES_MAX } from '@aos/contracts';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startHttpReceiver, waitUntil, type HttpReceiver } from '@aos/testing';
import { call, openSkill } from './skill-harness.ts';

let server: HttpReceiver;
let port: string;

beforeEach(async () => {
  server = await startHttpReceiver();
  port = new URL(server.url).port;
});

afterEach(() => server.close());

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

async function usingGzipServer(test: (url: string, answer: (content: Buffer) => void) => Promise<void>) {
  let content = Buffer.alloc(0);
  const zipped = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(content);
  });
  await new Promise<void>((resolve) => zipped.listen(0, '127.0.0.1', resolve));
  const address = zipped.address();
  try {
    await test(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, (next) => {
      content = Buffer.from(next);
    });
  } finally {
    zipped.closeAllConnections();
    zipped.close();
  }
}

describe('http_call', () => {
  it('gives status, headers and the parsed body of a JSON response, and what it cost', async () => {
    server.respondWith(() => ({
      headers: { 'Content-Type': 'application/vnd.api+json', 'X-Thing': 'y', 'Set-Cookie': 'session=secret' },
      body: '{"bitcoin":{"usd":42}}',
    }));
    const charge = jest.fn();
    const outcome = await call(
      await openSkill('http_call'),
      { url: `${server.url}/price?vs=usd` },
      { charge },
    );
    expect(charge.mock.calls).toEqual([[{ costMicrocents: 10_000, inputTokens: 0, outputTokens: 0 }]]);
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        output: { status: 200, headers: { 'x-thing': 'y' }, body: { bitcoin: { usd: 42 } } },
      },
    });
    expect(JSON.stringify(outcome)).not.toContain('session=secret');
    expect(server.requests).toMatchObject([{ method: 'GET', path: '/price?vs=usd', body: '' }]);
    expect(server.requests[0]?.headers).not.toHaveProperty('idempotency-key');
  });

  it.each([
    ['text/plain', 'plain', 'plain'],
    ['application/json', '{broken', '{broken'],
    ['application/json', '', null],
  ])('gives the text of a response that is no JSON (%s)', async (type, body, expected) => {
    server.respondWith(() => ({ headers: { 'content-type': type }, body }));
    const outcome = await call(await openSkill('http_call'), { url: server.url });
    expect(outcome).toMatchObject({ value: { output: { body: expected } } });
  });

  it('sends what the params say, and the key of the call', async () => {
    const skill = await openSkill('http_call');
    await call(skill, { url: server.url, method: 'POST', body: { a: [1] }, headers: { 'X-Mine': '1' } });
    await call(skill, { url: server.url, method: 'PUT', body: 'as it is' });
    await call(skill, {
      url: server.url,
      method: 'POST',
      headers: { 'Idempotency-Key': 'own', 'Content-Type': 'text/csv' },
      body: 'a,b',
    });
    expect(server.requests).toMatchObject([
      {
        body: '{"a":[1]}',
        headers: { 'content-type': 'application/json', 'x-mine': '1', 'idempotency-key': 'key-1' },
      },
      {
        body: 'as it is',
        headers: { 'content-type': 'text/plain; charset=utf-8', 'idempotency-key': 'key-1' },
      },
      { body: 'a,b', headers: { 'content-type': 'text/csv', 'idempotency-key': 'own' } },
    ]);
  });

  it('says which calls have side effects and which may be repeated', async () => {
    const skill = await openSkill('http_call');
    const facts = (params: Record<string, string | boolean>) => [
      skill.hasSideEffects(params),
      skill.isIdempotent(params),
    ];
    expect(facts({})).toEqual([false, true]);
    expect(facts({ method: 'HEAD' })).toEqual([false, true]);
    expect(facts({ method: 'POST' })).toEqual([true, false]);
    expect(facts({ method: 'POST', idempotent: true })).toEqual([true, true]);
    expect(facts({ method: 'PUT' })).toEqual([true, true]);
    expect(facts({ method: 'DELETE', idempotent: false })).toEqual([true, false]);
    expect(facts({ method: '${{ context.method }}' })).toEqual([true, false]);
  });

  it.each([
    [408, 'upstream_error', true],
    [425, 'upstream_error', true],
    [429, 'upstream_error', true],
    [500, 'upstream_error', true],
    [503, 'upstream_error', true],
    [304, 'upstream_rejected', false],
    [400, 'upstream_rejected', false],
    [404, 'upstream_rejected', false],
    [422, 'upstream_rejected', false],
  ])('takes %i for %s', async (status, code, retryable) => {
    server.respondWith(() => ({ status, body: 'the reason', headers: { 'retry-after': '7' } }));
    const outcome = await call(await openSkill('http_call'), { url: server.url });
    expect(outcome).toMatchObject({ ok: false, error: { code, retryable, details: { status } } });
    if (retryable) expect(outcome).toMatchObject({ error: { retry_after_ms: 7000 } });
  });

  it('does not say that an effect may be repeated when it is not known whether it happened', async () => {
    const skill = await openSkill('http_call');
    server.respondWith(() => Promise.reject(new Error('the server breaks off')));
    const post = { url: server.url, method: 'POST' };
    expect(await call(skill, post)).toMatchObject({ error: { code: 'upstream_error', retryable: false } });
    expect(await call(skill, { ...post, idempotent: true })).toMatchObject({ error: { retryable: true } });
    expect(await call(skill, { url: server.url })).toMatchObject({ error: { retryable: true } });
    await server.close();
    expect(await call(skill, post)).toMatchObject({ error: { code: 'upstream_error', retryable: true } });
  });

  it('ends a call to a slow server on time', async () => {
    server.respondWith(() => new Promise(() => undefined));
    const skill = await openSkill('http_call');
    expect(await call(skill, { url: server.url }, { timeoutMs: 100 })).toMatchObject({
      error: { code: 'step_timeout', retryable: true },
    });
    expect(await call(skill, { url: server.url, method: 'POST' }, { timeoutMs: 100 })).toMatchObject({
      error: { code: 'step_timeout', retryable: false },
    });
  });

  it('ends a call that is cut', async () => {
    server.respondWith(() => new Promise(() => undefined));
    const cut = new AbortController();
    const outcome = call(
      await openSkill('http_call'),
      { url: server.url },
      { signal: cut.signal, timeoutMs: 600_000 },
    );
    await waitUntil(async () => server.requests.length === 1, { what: 'the request' });
    cut.abort();
    expect(await outcome).toMatchObject({ error: { code: 'run_cancelled' } });
  });

  it('reads no more of a response than its limit', async () => {
    const skill = await openSkill('http_call');
    server.respondWith(() => ({ body: 'x'.repeat(ARTIFACT_BYTES_MAX) }));
    expect(await call(skill, { url: server.url })).toMatchObject({ ok: true });
    server.respondWith(() => ({ body: 'x'.repeat(ARTIFACT_BYTES_MAX + 1) }));
    expect(await call(skill, { url: server.url })).toMatchObject({ error: { code: 'payload_limit' } });
    server.respondWith(() => ({ status: 500, body: 'x'.repeat(2 * ARTIFACT_BYTES_MAX) }));
    expect(await call(skill, { url: server.url })).toMatchObject({ error: { code: 'upstream_error' } });
  });

  it('refuses a response nested so deep that handling it would exhaust the stack', async () => {
    const skill = await openSkill('http_call');
    server.respondWith(() => ({ headers: { 'content-type': 'application/json' }, body: deep(64) }));
    expect(await call(skill, { url: server.url })).toMatchObject({ ok: true });
    server.respondWith(() => ({ headers: { 'content-type': 'application/json' }, body: deep(100_000) }));
    expect(await call(skill, { url: server.url })).toMatchObject({ error: { code: 'payload_limit' } });
  });

  it('reads compressed responses, and bounds what they grow to', async () => {
    const skill = await openSkill('http_call');
    await usingGzipServer(async (url, answer) => {
      answer(gzipSync('{"a":1}'));
      expect(await call(skill, { url })).toMatchObject({ value: { output: { body: { a: 1 } } } });
      answer(gzipSync(Buffer.alloc(50 * 1024 * 1024)));
      expect(await call(skill, { url })).toMatchObject({ error: { code: 'payload_limit' } });
      answer(Buffer.from('not gzip'));
      expect(await call(skill, { url })).toMatchObject({ error: { code: 'upstream_error' } });
    });
  });
});

describe('redirects of http_call', () => {
  it('are followed, to five', async () => {
    server.respondWith(({ path }) => {
      const hop = Number(path.slice(1));
      return hop === 5 ? { body: 'there' } : { status: 302, headers: { location: `/${hop + 1}` } };
    });
    const skill = await openSkill('http_call');
    expect(await call(skill, { url: `${server.url}/0` })).toMatchObject({
      value: { output: { body: 'there' } },
    });
    server.respondWith(() => ({ status: 302, headers: { location: '/again' } }));
    server.requests.length = 0;
    expect(await call(skill, { url: server.url })).toMatchObject({ error: { code: 'upstream_rejected' } });
    expect(server.requests).toHaveLength(6);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:169.254.169.254]/',
    'http://localhost/',
    'http://10.0.0.1/',
  ])('do not lead to %s', async (location) => {
    server.respondWith(() => ({ status: 302, headers: { location } }));
    expect(await call(await openSkill('http_call'), { url: server.url })).toMatchObject({
      error: { code: 'egress_denied', retryable: false },
    });
  });

  it('take no credentials to another origin', async () => {
    const other = await startHttpReceiver();
    server.respondWith(() => ({ status: 307, headers: { location: `${other.url}/x` } }));
    const headers = { Authorization: 'Bearer s', 'X-Api-Key': 's', Accept: 'text/x' };
    await call(await openSkill('http_call'), { url: server.url, method: 'POST', body: 'b', headers });
    await other.close();
    expect(other.requests).toMatchObject([{ method: 'POST', body: 'b', headers: { accept: 'text/x' } }]);
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(other.requests[0]?.headers).not.toHaveProperty('x-api-key');
  });
});

const to =
  (...addresses: string[]) =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: 4 })));

const nowhere = () => Promise.reject(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }));

describe('the address http_call connects to', () => {
  it('is refused when it is private, by its name too', async () => {
    const skill = await openSkill('http_call', { EGRESS_ALLOW: [] }, { resolveHost: to('127.0.0.1') });
    for (const host of ['127.0.0.1', 'rebind.example.com', 'localhost', '[::1]']) {
      expect(await call(skill, { url: `http://${host}:${port}/` })).toMatchObject({
        error: { code: 'egress_denied', message: expect.stringContaining('not on the public internet') },
      });
    }
    expect(server.requests).toHaveLength(0);
  });

  it('is refused when one of several answers is private', async () => {
    const skill = await openSkill('http_call', {}, { resolveHost: to('127.0.0.1', '10.0.0.1') });
    expect(await call(skill, { url: `http://mixed.example.com:${port}/` })).toMatchObject({
      error: { code: 'egress_denied' },
    });
    expect(server.requests).toHaveLength(0);
  });

  it('is the one that was checked, though the name changes its mind at once', async () => {
    const answers = ['127.0.0.1', '169.254.169.254', '10.0.0.1'];
    let asked = 0;
    const resolveHost = () => {
      const address = answers[asked] ?? '10.0.0.1';
      asked += 1;
      return Promise.resolve([{ address, family: 4 }]);
    };
    const skill = await openSkill('http_call', {}, { resolveHost });
    expect(await call(skill, { url: `http://rebind.example.com:${port}/` })).toMatchObject({ ok: true });
    expect(asked).toBe(1);
    expect(server.requests[0]?.headers.host).toBe(`rebind.example.com:${port}`);
  });

  it('is refused when the operator denies it', async () => {
    const skill = await openSkill('http_call', { EGRESS_DENY: ['127.0.0.0/8'] });
    expect(await call(skill, { url: server.url })).toMatchObject({
      error: { code: 'egress_denied', message: expect.stringContaining('denied by the operator') },
    });
  });

  it('that cannot be found is a failure to try again', async () => {
    const skill = await openSkill('http_call', {}, { resolveHost: nowhere });
    expect(await call(skill, { url: 'http://nowhere.example.com', method: 'POST' })).toMatchObject({
      error: { code: 'upstream_error', retryable: true, message: expect.stringContaining('ENOTFOUND') },
    });
  });
});

describe('the params of http_call', () => {
  it.each<[Record<string, unknown>, string]>([
    [{}, '/url'],
    [{ url: 'not a url' }, '/url'],
    [{ url: 'ftp://example.com' }, '/url'],
    [{ url: 'https://user:pass@example.com' }, '/url'],
    [{ url: 'https://example.com', method: 'CONNECT' }, '/method'],
    [{ url: 'https://example.com', verb: 'GET' }, '/verb'],
    [{ url: 'https://example.com', body: 'x' }, '/body'],
    [{ url: 'https://example.com', headers: { Host: 'x' } }, '/headers/Host'],
    [{ url: 'https://example.com', headers: { 'a b': 'x' } }, '/headers/a b'],
    [{ url: 'https://example.com', headers: { a: 'x\r\nb: c' } }, '/headers/a'],
  ])('are refused with the place: %j', async (params, field) => {
    const skill = await openSkill('http_call');
    expect(skill.validate(params as never).map((issue) => issue.field)).toEqual([field]);
    expect(await call(skill, params as never)).toMatchObject({ error: { code: 'invalid_params' } });
  });

  it('are not judged where a reference stands', async () => {
    const skill = await openSkill('http_call');
    expect(skill.validate({ url: '${{ context.url }}', method: '${{ context.method }}' })).toEqual([]);
    expect(
      skill.validate({ url: 'https://${{ context.host }}/x', headers: '${{ context.headers }}' }),
    ).toEqual([]);
    expect(skill.validate({ url: '${{ context.url }}', x: 1 }).map(({ field }) => field)).toEqual(['/x']);
  });

  it('name forbidden places before anything runs', async () => {
    const skill = await openSkill('http_call', { EGRESS_ALLOW: [] });
    expect(skill.forbiddenPlaces({ url: 'http://169.254.169.254/${{ goal }}' })).toEqual([
      { field: '/url', message: '169.254.169.254 is not on the public internet (linkLocal)' },
    ]);
    expect(skill.forbiddenPlaces({ url: 'http://0x7f000001/' })).toHaveLength(1);
    expect(skill.forbiddenPlaces({ url: 'https://${{ context.host }}/' })).toEqual([]);
    expect(skill.forbiddenPlaces({ url: 'https://example.com/' })).toEqual([]);
  });
});

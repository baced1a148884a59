import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AdapterConfigurationError } from '@aos/service-kit';
import { startHttpReceiver, type HttpReceiver } from '@aos/testing';
import { Webhook } from 'standardwebhooks';
import { call, keysFolder, openSkill, SECRET } from './skill-harness.ts';

let receiver: HttpReceiver;

beforeEach(async () => {
  receiver = await startHttpReceiver();
});

afterEach(() => receiver.close());

function received(): { payload: unknown; headers: Record<string, string> } {
  const [request] = receiver.requests;
  if (request === undefined) throw new Error('nothing was received');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  return { payload: new Webhook(SECRET).verify(request.body, headers), headers };
}

describe('webhook_send', () => {
  it('posts the payload with a signature that the receiver can verify, its id the key of the call', async () => {
    receiver.respondWith(() => ({
      status: 202,
      headers: { 'content-type': 'application/json' },
      body: '{"ok":true}',
    }));
    const outcome = await call(await openSkill('webhook_send'), {
      url: receiver.url,
      payload: { text: 'é 42' },
    });
    expect(outcome).toMatchObject({
      value: { output: { status: 202, webhook_id: 'key-1', body: { ok: true } } },
    });
    expect(received()).toMatchObject({
      payload: { text: 'é 42' },
      headers: { 'webhook-id': 'key-1', 'content-type': 'application/json' },
    });
  });

  it('repeats with the same id', async () => {
    const skill = await openSkill('webhook_send');
    receiver.respondWith(() => ({ status: 503 }));
    const params = { url: receiver.url, payload: 1 };
    expect(await call(skill, params)).toMatchObject({ error: { code: 'upstream_error', retryable: true } });
    await call(skill, params, { attempt: 2 });
    expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual(['key-1', 'key-1']);
  });

  it('wraps the payload as an event where a type is given', async () => {
    await call(await openSkill('webhook_send'), {
      url: receiver.url,
      payload: [1],
      event_type: 'price.changed',
    });
    expect(received().payload).toEqual({ type: 'price.changed', timestamp: expect.any(String), data: [1] });
  });

  it('lets no header of the caller stand for its own', async () => {
    const headers = { 'Webhook-Id': 'forged', 'webhook-signature': 'v1,forged', 'X-Extra': 'yes' };
    await call(await openSkill('webhook_send'), { url: receiver.url, payload: null, headers });
    expect(received().headers).toMatchObject({ 'webhook-id': 'key-1', 'x-extra': 'yes' });
  });

  it('follows no redirect', async () => {
    receiver.respondWith(() => ({ status: 307, headers: { location: '/elsewhere' } }));
    expect(await call(await openSkill('webhook_send'), { url: receiver.url, payload: 1 })).toMatchObject({
      error: { code: 'upstream_rejected' },
    });
    expect(receiver.requests).toHaveLength(1);
  });

  it('passes the egress policy like any call', async () => {
    const skill = await openSkill('webhook_send', { EGRESS_ALLOW: [] });
    expect(await call(skill, { url: receiver.url, payload: 1 })).toMatchObject({
      error: { code: 'egress_denied' },
    });
    expect(skill.forbiddenPlaces({ url: receiver.url })).toHaveLength(1);
  });

  it('refuses params without payload or with an unknown field', async () => {
    const skill = await openSkill('webhook_send');
    expect(skill.validate({ url: 'https://x.example' }).map(({ field }) => field)).toEqual(['/payload']);
    expect(
      skill.validate({ url: 'https://x.example', payload: 1, body: 1 }).map(({ field }) => field),
    ).toEqual(['/body']);
  });
});

describe('without a signing secret', () => {
  let empty: string;
  beforeEach(() => {
    empty = mkdtempSync(join(tmpdir(), 'aos-no-keys-'));
  });

  it('production does not start, and says which variable to set', async () => {
    const opening = openSkill('webhook_send', { ENV: 'prod', WEBHOOK_KEYS_PATH: empty });
    await expect(opening).rejects.toThrow(AdapterConfigurationError);
    await expect(opening).rejects.toThrow('WEBHOOK_KEYS_PATH');
  });

  it('development starts, and the skill fails in so many words', async () => {
    const skill = await openSkill('webhook_send', { ENV: 'dev', WEBHOOK_KEYS_PATH: empty });
    expect(await call(skill, { url: receiver.url, payload: 1 })).toMatchObject({
      error: {
        code: 'skill_failed',
        retryable: false,
        message: expect.stringContaining('WEBHOOK_KEYS_PATH'),
      },
    });
    expect(receiver.requests).toHaveLength(0);
  });

  it.each(['', 'whsec_', 'not base64!'])(
    'a file that holds none (%j) stops the start anywhere, and is not shown',
    async (content) => {
      const opening = openSkill('webhook_send', { ENV: 'dev', WEBHOOK_KEYS_PATH: keysFolder(content) });
      await expect(opening).rejects.toThrow(AdapterConfigurationError);
      await expect(opening).rejects.not.toThrow('not base64!');
    },
  );
});

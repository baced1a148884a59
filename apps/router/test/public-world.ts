import { randomUUID } from 'node:crypto';
import { authVerify, errorOf, fail, succeed } from '@aos/contracts';
import { createPool } from '@aos/database';
import { connectMessaging } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import { startNats, startPostgres, waitUntil } from '@aos/testing';
import { migratedUrls, startRouter } from './start-router.ts';
import { startUpstream } from './upstream.ts';

/** What the router knows its providers by, and no client may see. */
export const PROVIDER_KEY = 'sk-of-the-provider';

const CENTS = { input: 100, cache_read: 10, output: 400 };

function providersAt(url: string): string {
  const models = [
    { name: 'plain', cents_per_million_tokens: CENTS },
    { name: 'renamed', upstream_name: 'their-name' },
    { name: 'vectors', kind: 'embedding', cents_per_million_tokens: { input: 2 } },
  ];
  const claude = [{ name: 'claude-test', cents_per_million_tokens: { input: 300, output: 1_500 } }];
  return JSON.stringify([
    { name: 'open', base_url: `${url}/v1`, api_key: PROVIDER_KEY, models },
    { name: 'claude', dialect: 'anthropic', base_url: url, api_key: PROVIDER_KEY, models: claude },
  ]);
}

interface Post {
  path?: string;
  key?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export type PublicWorld = Awaited<ReturnType<typeof openPublicWorld>>;

/** The service with its public endpoints, a provider that can be scripted, and a gateway that knows the keys of a test. */
export async function openPublicWorld() {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const [nats, postgres, upstream] = await Promise.all([startNats(), startPostgres(), startUpstream()]);
  const gateway = await connectMessaging({ url: nats.urlFor('api-gateway'), service: 'api-gateway', logger });
  const keys = new Map<string, { tenantId: string; level: number }>();
  /** What the gateway was asked for, in order. */
  const verified: string[] = [];
  gateway.answerAnonymous(authVerify, async (_context, { credential }) => {
    verified.push(credential);
    const key = keys.get(credential);
    if (key === undefined) return fail(errorOf('unauthenticated', 'not known'));
    const { tenantId, level } = key;
    return succeed({ tenant_id: tenantId, key_id: credential, actor: `key:${credential}`, level });
  });
  const router = await startRouter({
    ...(await migratedUrls(postgres)),
    NATS_URL: nats.urlFor('router'),
    LLM_PROVIDERS: providersAt(upstream.url),
  });
  const admin = createPool({ url: postgres.adminUrl, applicationName: 'test', max: 2, logger });
  const rowsOf = async (tenantId: string) =>
    (await admin.query('select * from router.llm_costs where tenant_id = $1', [tenantId])).rows;
  return {
    upstream,
    router,
    gateway,
    keys,
    verified,
    /** A key of a tenant nobody else uses. */
    newKey: (level = 3) => {
      const key = `k-${randomUUID()}`;
      const tenantId = `t-${randomUUID()}`;
      keys.set(key, { tenantId, level });
      return { key, tenantId };
    },
    post: (body: object | string, { path = '/v1/chat/completions', key, headers, signal }: Post = {}) =>
      fetch(`${router.url}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...headers,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(signal && { signal }),
      }),
    rowsOf,
    spendOf: (tenantId: string) => waitUntil(async () => (await rowsOf(tenantId))[0], { what: 'the spend' }),
    close: async () => {
      await Promise.all([router.close(), gateway.drain(), admin.end()]);
      await Promise.all([upstream.close(), nats.stop(), postgres.stop()]);
    },
  };
}

/** A request that every model takes. */
export function hello(more: object = {}) {
  return { model: 'plain', messages: [{ role: 'user', content: 'What does shipping cost?' }], ...more };
}

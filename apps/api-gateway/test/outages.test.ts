import { authVerify } from '@aos/contracts';
import { createPool, migrate } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { startNats, startPostgres, startRedis, waitUntil } from '@aos/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startFakeOrchestrator, type FakeOrchestrator } from './fake-orchestrator.ts';
import { call } from './requests.ts';
import { startGateway, type Gateway } from './start-gateway.ts';

type Nats = Awaited<ReturnType<typeof startNats>>;
type Postgres = Awaited<ReturnType<typeof startPostgres>>;
type Redis = Awaited<ReturnType<typeof startRedis>>;

let nats: Nats;
let postgres: Postgres;
let redis: Redis;
let gateway: Gateway;
let failClosed: Gateway;
let orchestrator: FakeOrchestrator;

function urlOf(adminUrl: string, user: string): string {
  const url = new URL(adminUrl);
  url.username = user;
  url.password = `local-${user}`;
  return url.href;
}

beforeAll(async () => {
  [nats, redis, postgres] = await Promise.all([startNats(), startRedis(), startPostgres()]);
  const appUrl = urlOf(postgres.adminUrl, 'aos_app');
  const logger = createLogger({ service: 'test', level: 'silent' });
  const systemUrl = urlOf(postgres.adminUrl, 'aos_engine');
  await migrate({ directUrl: postgres.adminUrl, appUrl, systemUrl, logger });
  orchestrator = await startFakeOrchestrator((user) => nats.urlFor(user));
  const env = { NATS_URL: nats.urlFor('api-gateway'), REDIS_URL: redis.url, DATABASE_URL: appUrl };
  gateway = await startGateway(env);
  failClosed = await startGateway({ ...env, RATE_LIMIT_FAIL_OPEN: 'false' });
}, 120_000);

afterAll(async () => {
  await gateway.close();
  await failClosed.close();
  await orchestrator.close();
  await Promise.all([nats.stop(), redis.stop(), postgres.stop()]);
});

async function isCounting(url: string): Promise<boolean> {
  const { status, headers } = await call(url, 'GET /agents');
  return status === 200 && headers.has('ratelimit');
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; elapsedMs: number }> {
  const startedMs = performance.now();
  const value = await work();
  return { value, elapsedMs: performance.now() - startedMs };
}

describe('without Redis', () => {
  afterEach(async () => {
    await redis.restart();
    await waitUntil(() => isCounting(gateway.url), { what: 'requests are counted again' });
  });

  it('requests pass uncounted, are logged once, and are counted again when it is back', async () => {
    // The first connection takes its time, and a slow answer of Redis lets a request pass, too.
    await waitUntil(() => isCounting(gateway.url), { what: 'requests are counted' });
    const loggedBefore = gateway.logs.length;
    await redis.kill();
    const { elapsedMs } = await timed(async () => {
      for (let request = 0; request < 20; request += 1) {
        const { status, headers } = await call(gateway.url, 'GET /agents');
        expect([status, headers.has('ratelimit')]).toEqual([200, false]);
      }
    });
    // At once: waiting 100 ms for each would make 2 s.
    expect(elapsedMs).toBeLessThan(1_500);
    const lines = gateway.logs.slice(loggedBefore).filter((line) => line.includes('Redis does not answer'));
    expect(lines).toHaveLength(1);
    expect(await call(gateway.url, 'GET /health')).toMatchObject({
      status: 200,
      body: { status: 'degraded', components: { redis: { status: 'unhealthy' } } },
    });
  });

  it('requests are refused with 503 where the limit may not fail open', async () => {
    await redis.kill();
    const answer = await call(failClosed.url, 'GET /agents');
    const detail = 'Requests cannot be counted at the moment.';
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', retryable: true, detail } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await call(failClosed.url, 'GET /health/ready')).toMatchObject({ status: 503 });
    await redis.restart();
    await waitUntil(() => isCounting(failClosed.url), { what: 'requests pass again' });
    expect(await call(failClosed.url, 'GET /health/ready')).toMatchObject({ status: 200 });
  });

  it('a Redis that hangs holds no request for long', async () => {
    const pid = redis.process()?.pid;
    if (pid === undefined) return;
    process.kill(pid, 'SIGSTOP');
    try {
      const { value, elapsedMs } = await timed(() => call(gateway.url, 'GET /agents'));
      expect(value.status).toBe(200);
      expect(elapsedMs).toBeLessThan(1_000);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});

describe('without NATS', () => {
  it('requests are refused with 503 in bounded time, and pass again when it is back', async () => {
    await nats.kill();
    const { value, elapsedMs } = await timed(() => call(gateway.url, 'GET /agents'));
    expect(value).toMatchObject({ status: 503, body: { code: 'unavailable', retryable: true } });
    expect(elapsedMs).toBeLessThan(11_000);
    expect(await call(gateway.url, 'GET /health')).toMatchObject({
      status: 503,
      body: { status: 'unhealthy' },
    });
    await nats.restart();
    await waitUntil(async () => (await call(gateway.url, 'GET /agents')).status === 200, {
      what: 'requests pass again',
    });
  }, 60_000);
});

describe('without Postgres', () => {
  it('a key that is not remembered is refused with 503, never allowed, and works when it is back', async () => {
    const { body } = await call(gateway.url, 'POST /api/v1/admin/api-keys', {
      body: { name: 'k', level: 1 },
    });
    const key = String(body['api_key']);
    await postgres.kill();
    const { value, elapsedMs } = await timed(() => call(gateway.url, 'GET /agents', { key }));
    expect(value).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(elapsedMs).toBeLessThan(6_000);
    expect(await call(gateway.url, 'GET /health')).toMatchObject({
      status: 503,
      body: { components: { database: { status: 'unhealthy' } } },
    });
    await postgres.restart();
    await waitUntil(async () => (await call(gateway.url, 'GET /agents', { key })).status === 200, {
      what: 'the key works again',
    });
  }, 60_000);

  it('a look-up that hangs is a 503 after the time of auth.verify', async () => {
    const { body } = await call(gateway.url, 'POST /api/v1/admin/api-keys', {
      body: { name: 'k', level: 1 },
    });
    const logger = createLogger({ service: 'test', level: 'silent' });
    const pool = createPool({ url: postgres.adminUrl, applicationName: 'test', max: 1, logger });
    try {
      await pool.query('begin; lock table gateway.api_keys in access exclusive mode');
      const key = String(body['api_key']);
      const { value, elapsedMs } = await timed(() => call(gateway.url, 'GET /agents', { key }));
      expect(value).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      expect(elapsedMs).toBeLessThan(authVerify.timeoutMs + 1_000);
    } finally {
      await pool.end();
    }
  }, 30_000);
});

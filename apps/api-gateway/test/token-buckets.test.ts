import { createLogger } from '@aos/telemetry';
import { startRedis, waitUntil } from '@aos/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TokenBuckets } from '../src/application/limit-rate.ts';
import { MemoryBuckets } from '../src/outbound/memory-buckets.ts';
import { RedisBuckets } from '../src/outbound/redis-buckets.ts';
import { openRedis, type RedisClient } from '../src/outbound/redis.client.ts';

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: RedisClient;
const silent = createLogger({ service: 'test', level: 'silent' });

beforeAll(async () => {
  server = await startRedis();
  redis = openRedis(server.url);
  await waitUntil(
    () =>
      redis.ping().then(
        () => true,
        () => false,
      ),
    { what: 'the connection' },
  );
}, 60_000);

afterAll(async () => {
  redis.close();
  await server.stop();
});

const KINDS: [string, () => TokenBuckets][] = [
  ['in memory', () => new MemoryBuckets()],
  ['in Redis', () => new RedisBuckets(redis, silent)],
];

const HOUR_MS = 3_600_000;

describe.each(KINDS)('token buckets %s', (name, make) => {
  it('let exactly the limit pass of requests at the same time', async () => {
    const buckets = make();
    const policy = { name: 'writes', limit: 20, windowMs: HOUR_MS };
    const taken = await Promise.all(Array.from({ length: 50 }, () => buckets.take(`${name}:a`, policy)));
    expect(taken.filter((outcome) => outcome.ok && outcome.value.isAllowed)).toHaveLength(20);
  });

  it('count down what is left, and say when the next may pass', async () => {
    const buckets = make();
    const policy = { name: 'writes', limit: 2, windowMs: HOUR_MS };
    const verdicts = [];
    for (let count = 0; count < 3; count += 1) {
      const outcome = await buckets.take(`${name}:b`, policy);
      if (outcome.ok) verdicts.push(outcome.value);
    }
    expect(verdicts.map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([
      [true, 1],
      [true, 0],
      [false, 0],
    ]);
    expect(verdicts[2]?.resetMs).toBeGreaterThan(HOUR_MS / 2 - 10_000);
    expect(verdicts[2]?.resetMs).toBeLessThanOrEqual(HOUR_MS / 2);
  });

  it('keep one key from another', async () => {
    const buckets = make();
    const policy = { name: 'writes', limit: 1, windowMs: HOUR_MS };
    await buckets.take(`${name}:c`, policy);
    expect(await buckets.take(`${name}:d`, policy)).toMatchObject({ value: { isAllowed: true } });
  });

  it('refill with time', async () => {
    const buckets = make();
    const policy = { name: 'writes', limit: 2, windowMs: 400 };
    const take = async () => {
      const outcome = await buckets.take(`${name}:e`, policy);
      return outcome.ok && outcome.value.isAllowed;
    };
    await take();
    await take();
    await waitUntil(take, { what: 'a token after 200 ms' });
  });
});

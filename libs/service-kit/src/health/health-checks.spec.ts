import { createLogger } from '@aos/telemetry';
import { describe, expect, it } from '@jest/globals';
import { HealthChecks } from './health-checks.ts';
import type { HealthProbe } from './health-probe.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const run = (...probes: HealthProbe[]) => new HealthChecks(probes, 50, logger).run();

const works = (name: string): HealthProbe => ({ name, critical: true, check: () => Promise.resolve() });
const fails = (name: string, critical: boolean): HealthProbe => ({
  name,
  critical,
  check: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:5432')),
});

describe('HealthChecks', () => {
  it('is healthy when all probes are, each with its latency', async () => {
    expect(await run(works('database'), works('nats'))).toEqual({
      status: 'healthy',
      components: {
        database: { status: 'healthy', latency_ms: expect.any(Number) },
        nats: { status: 'healthy', latency_ms: expect.any(Number) },
      },
    });
  });

  it('is unhealthy when a critical probe fails, and does not tell strangers why', async () => {
    const health = await run(works('nats'), fails('database', true));
    expect(health).toMatchObject({ status: 'unhealthy', components: { database: { status: 'unhealthy' } } });
    expect(JSON.stringify(health)).not.toContain('10.0.0.7');
  });

  it('is degraded when a probe fails that it can do without', async () => {
    const health = await run(works('nats'), fails('redis', false));
    expect(health).toMatchObject({ status: 'degraded', components: { redis: { status: 'unhealthy' } } });
  });

  it('is degraded when a probe says so, with its reason', async () => {
    const limits: HealthProbe = {
      name: 'limits',
      critical: true,
      check: () => Promise.resolve({ status: 'degraded', detail: 'counted in memory' }),
    };
    expect(await run(limits)).toMatchObject({
      status: 'degraded',
      components: { limits: { status: 'degraded', detail: 'counted in memory' } },
    });
  });

  it('counts a probe that throws at once as failed', async () => {
    const broken: HealthProbe = {
      name: 'broken',
      critical: true,
      check: () => {
        throw new Error('not even a promise');
      },
    };
    expect(await run(broken)).toMatchObject({ status: 'unhealthy' });
  });

  it('does not wait longer than the bound for a probe that hangs, and asks the others meanwhile', async () => {
    const hangs: HealthProbe = {
      name: 'nats',
      critical: true,
      check: () => Promise.withResolvers<void>().promise,
    };
    expect(await run(hangs, works('database'))).toMatchObject({
      status: 'unhealthy',
      components: { nats: { detail: 'no answer within 50 ms' }, database: { status: 'healthy' } },
    });
  });

  it('asks once for callers at the same time, and again later', async () => {
    let asked = 0;
    const checks = new HealthChecks([], 50, logger);
    checks.register({
      name: 'counted',
      critical: true,
      check: async () => {
        asked += 1;
      },
    });
    await Promise.all([checks.run(), checks.run(), checks.run()]);
    expect(asked).toBe(1);
    await checks.run();
    expect(asked).toBe(2);
  });
});

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { health, SERVICES, type Health, type ServiceName } from '@aos/contracts';
import {
  startHttpReceiver,
  startTestStack,
  waitUntil,
  type HttpReceiver,
  type TestStack,
} from '@aos/testing';
import { repositoryRoot } from '@aos/tooling';
import { Api, callerOf } from './api.ts';
import { transform, webhook } from './steps.ts';
import { Watcher } from './watcher.ts';

const run = promisify(execFile);

let stack: TestStack;
let hooks: HttpReceiver;

beforeAll(async () => {
  stack = await startTestStack({
    modelSandbox: true,
    env: { EGRESS_ALLOW: '127.0.0.1', LOG_LEVEL: 'trace', HEALTH_CHECK_TIMEOUT_SECONDS: '1' },
  });
  hooks = await startHttpReceiver();
});
afterAll(async () => {
  await stack.stop();
  await hooks.close();
});

describe('with ENV=prod a service does not start without', () => {
  const urls = {
    NATS_URL: 'nats://user:hidden-password@127.0.0.1:1',
    DATABASE_URL: 'postgres://user:hidden-password@127.0.0.1:1/aos',
    ANTHROPIC_API_KEY: 'sk-ant-hidden-password',
    DATABASE_SYSTEM_URL: 'postgres://user:hidden-password@127.0.0.1:1/aos',
    REDIS_URL: 'redis://127.0.0.1:1',
    ARTIFACT_STORE: 'local',
  };
  const needed: [ServiceName, (keyof typeof urls)[]][] = [
    ['api-gateway', ['NATS_URL', 'DATABASE_URL', 'REDIS_URL']],
    ['orchestrator', ['NATS_URL', 'DATABASE_URL', 'DATABASE_SYSTEM_URL', 'ARTIFACT_STORE']],
    ['router', ['NATS_URL', 'DATABASE_URL', 'DATABASE_SYSTEM_URL', 'ANTHROPIC_API_KEY']],
    ['eval', ['NATS_URL', 'DATABASE_URL', 'DATABASE_SYSTEM_URL']],
    ['billing', ['NATS_URL', 'DATABASE_URL', 'DATABASE_SYSTEM_URL']],
    ['realtime', ['NATS_URL']],
  ];
  const cases = needed.flatMap(([service, names]) => names.map((name) => [name, service] as const));

  it.each(cases)('%s: %s says so and ends', async (name, service) => {
    const main = join(repositoryRoot, 'apps', service, 'dist/main.js');
    const { [name]: _left, ...others } = urls;
    const env = { PATH: process.env['PATH'], ENV: 'prod', PORT: '0', ...others };
    const ended = run(process.execPath, [main], { env, timeout: 20_000 });
    const failure: unknown = await ended.catch((error: unknown) => error);
    const { code, stdout, stderr } = Object.assign({ code: 0, stdout: '', stderr: '' }, failure);
    expect(code).toBe(1);
    const said = `${stdout}${stderr}`;
    expect(said).toMatch(new RegExp(`ConfigurationError:\\s+${name}: `));
    expect(said).not.toContain('hidden-password');
  });
});

describe('the services', () => {
  it('are healthy, with how long each of their servers took to answer', async () => {
    const parts: Record<ServiceName, string[]> = {
      'api-gateway': ['database', 'nats', 'redis'],
      orchestrator: ['database', 'nats', 'r2', 'worker'],
      router: ['database', 'models', 'nats'],
      realtime: ['nats'],
      eval: ['database', 'nats'],
      billing: ['database', 'nats'],
    };
    for (const name of SERVICES) {
      const { status, body } = await healthOf(name);
      expect({ name, status, is: body.status }).toEqual({ name, status: 200, is: 'healthy' });
      expect(Object.keys(body.components).sort()).toEqual(parts[name]);
      for (const { status: is, latency_ms: latencyMs } of Object.values(body.components)) {
        expect(is).toBe('healthy');
        expect(latencyMs).toBeGreaterThanOrEqual(0);
      }
      const { url } = stack.services[name];
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      expect(await (await fetch(`${url}/metrics`)).text()).toContain('process_cpu_seconds_total');
    }
  });

  it('say which server is gone: without Redis degraded, without Postgres unhealthy, and well again after', async () => {
    await stack.redis.kill();
    await waitUntil(async () => (await healthOf('api-gateway')).body.status === 'degraded', {
      what: 'degraded',
    });
    expect(await healthOf('api-gateway')).toMatchObject({
      status: 200,
      body: { components: { redis: { status: 'unhealthy' }, database: { status: 'healthy' } } },
    });
    await stack.redis.restart();

    await stack.postgres.kill();
    for (const name of ['api-gateway', 'orchestrator'] as const) {
      expect(await healthOf(name)).toMatchObject({
        status: 503,
        body: { status: 'unhealthy', components: { database: { status: 'unhealthy' } } },
      });
      expect((await fetch(`${stack.services[name].url}/health/ready`)).status).toBe(503);
      expect((await fetch(`${stack.services[name].url}/health/live`)).status).toBe(200);
    }
    expect(await healthOf('realtime')).toMatchObject({ status: 200 });
    await stack.postgres.restart();
    for (const name of SERVICES) {
      await waitUntil(async () => (await healthOf(name)).body.status === 'healthy', {
        what: `${name} well again`,
      });
    }
  });

  it('write no key and no password into their logs, also when their servers go', async () => {
    const caller = await callerOf(stack, 'acme');
    const agent = await caller.createAgent();
    const headers = { authorization: 'Bearer secret-of-a-header', 'x-api-key': 'secret-of-a-key' };
    const url = hooks.url.replace('//', '//someone:secret-of-a-url@');
    for (const params of [
      { url: hooks.url, payload: 1, headers },
      { url, payload: 1 },
    ]) {
      const plan = [transform('1'), webhook('', { params })];
      const { status, body } = await caller.submit(agent.agent_id, { plan });
      if (status === 202) await caller.ended(String(body['run_id']));
    }
    const watcher = await Watcher.open(stack, caller.key);
    watcher.close();
    for (const bad of ['aos_secret-of-nobody', `${stack.adminKey}x`]) {
      expect(await new Api(stack.gatewayUrl, bad).send(`GET /agents?cursor=${bad}`)).toMatchObject({
        status: 401,
      });
    }

    const folder = dirname(stack.services.orchestrator.logFile);
    const state = dirname(folder);
    const credentials: unknown = JSON.parse(readFileSync(join(state, 'credentials.json'), 'utf8'));
    const hookSecret = readFileSync(join(state, 'webhook-keys/v1'), 'utf8').trim();
    const secrets = [...textsIn(credentials), hookSecret, caller.key, 'secret-of'];
    expect(secrets.length).toBeGreaterThan(8);
    for (const name of SERVICES) {
      const log = readFileSync(stack.services[name].logFile, 'utf8');
      expect(log).toContain('"level"');
      expect({ name, leaked: secrets.filter((secret) => log.includes(secret)) }).toEqual({
        name,
        leaked: [],
      });
    }
  });
});

async function healthOf(name: ServiceName): Promise<{ status: number; body: Health }> {
  const response = await fetch(`${stack.services[name].url}/health`);
  return { status: response.status, body: health.parse(await response.json()) };
}

/** All texts in a JSON value. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

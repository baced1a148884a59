import { succeed } from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { call } from './requests.ts';
import { ID, submittedRun } from './samples.ts';
import { BOOTSTRAP_KEY } from './start-gateway.ts';
import { startSurroundings, type Surroundings } from './surroundings.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let surroundings: Surroundings;
let child: ChildProcess | undefined;

beforeAll(async () => {
  surroundings = await startSurroundings();
}, 120_000);

afterEach(() => {
  child?.kill('SIGKILL');
});

afterAll(() => surroundings.stop());

/** The built gateway as a process; `output` grows while it runs. */
function startProcess(env: Record<string, string>): { process: ChildProcess; output: () => string } {
  const started = spawn(process.execPath, [MAIN], {
    env: { HOST: '127.0.0.1', PORT: '0', AOS_API_KEY: BOOTSTRAP_KEY, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  started.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  started.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child = started;
  return { process: started, output: () => text };
}

describe('the gateway process', () => {
  it('told to stop lets the request in flight be answered, closes all and exits with 0', async () => {
    const { process: gateway, output } = startProcess(surroundings.env);
    const url = await waitUntil(async () => /"url":"([^"]+)"/.exec(output())?.[1], { what: 'listening' });
    const answered = Promise.withResolvers<void>();
    surroundings.orchestrator.respondWith(async () => {
      await answered.promise;
      return succeed(submittedRun);
    });
    const inFlight = call(url, `POST /agents/${ID}/goals`, { body: { goal: 'g' } });
    await waitUntil(async () => surroundings.orchestrator.received.length === 1, { what: 'the command' });
    const exited = once(gateway, 'exit');
    gateway.kill('SIGTERM');
    await waitUntil(async () => (await call(url, 'GET /health/ready')).status === 503, { what: 'not ready' });
    answered.resolve();
    expect(await inFlight).toMatchObject({ status: 202, body: { run_id: ID } });
    expect(await exited).toEqual([0, null]);
    expect(output()).toMatch(/"draining"[^]*"stopped"/);
  });

  it('does not start in production without REDIS_URL, and says so', async () => {
    const { REDIS_URL: _left, ...env } = surroundings.env;
    const { process: gateway, output } = startProcess({ ...env, ENV: 'prod' });
    expect(await once(gateway, 'exit')).toEqual([1, null]);
    expect(output()).toMatch(/StoreConfigurationError[^]*REDIS_URL/);
  });

  it('in development counts in memory without REDIS_URL, says so once, and shows it as degraded', async () => {
    const { REDIS_URL: _left, ...env } = surroundings.env;
    const { output } = startProcess({ ...env, RATE_LIMIT_DEFAULT_RPM: '1' });
    const url = await waitUntil(async () => /"url":"([^"]+)"/.exec(output())?.[1], { what: 'listening' });
    expect(output().match(/REDIS_URL is not set/g)).toHaveLength(1);
    expect(await call(url, 'GET /health')).toMatchObject({
      status: 200,
      body: { status: 'degraded', components: { redis: { status: 'degraded' } } },
    });
    await call(url, 'POST /agents', { body: { name: 'a' } });
    expect(await call(url, 'POST /agents', { body: { name: 'a' } })).toMatchObject({ status: 429 });
  });

  it('names every variable that is wrong at once', async () => {
    const { process: gateway, output } = startProcess({ PORT: 'x', RATE_LIMIT_GOALS_RPM: '0' });
    expect(await once(gateway, 'exit')).toEqual([1, null]);
    for (const variable of ['PORT', 'RATE_LIMIT_GOALS_RPM', 'NATS_URL', 'DATABASE_URL']) {
      expect(output()).toContain(variable);
    }
  });
});

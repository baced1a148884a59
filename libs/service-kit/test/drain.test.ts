import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '@aos/testing';
import { afterEach, describe, expect, it } from '@jest/globals';

const FIXTURE = fileURLToPath(new URL('fixture-service.mjs', import.meta.url));

interface Fixture {
  child: ChildProcess;
  url: string;
  exitCode: Promise<number | null>;
  log: Promise<string>;
}

let child: ChildProcess | undefined;

afterEach(() => {
  child?.kill('SIGKILL');
});

async function startFixture(shutdownTimeoutSeconds: number): Promise<Fixture> {
  child = fork(FIXTURE, [String(shutdownTimeoutSeconds)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: [],
    env: process.env,
  });
  const exitCode = once(child, 'exit').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  const log = child.stdout === null ? Promise.resolve('') : text(child.stdout);
  const [{ url }] = await once(child, 'message');
  return { child, url, exitCode, log };
}

async function startSlowRequest({ child, url }: Fixture): Promise<{ answer: Promise<Response> }> {
  const arrived = once(child, 'message');
  const answer = fetch(`${url}/slow`);
  expect(await arrived).toContain('slow request arrived');
  return { answer };
}

const readiness = async (url: string) => (await fetch(`${url}/health/ready`)).status;

describe('a service told to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s is not ready any more, lets the request in flight finish, closes, and exits with 0',
    async (signal) => {
      const fixture = await startFixture(20);
      expect(await readiness(fixture.url)).toBe(200);
      const { answer } = await startSlowRequest(fixture);
      fixture.child.kill(signal);
      await waitUntil(async () => (await readiness(fixture.url)) === 503, {
        what: 'readiness to be refused',
      });
      const closed = once(fixture.child, 'message');
      fixture.child.send('answer');
      const response = await answer;
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ done: true });
      expect(await closed).toContain('closed');
      expect(await fixture.exitCode).toBe(0);
      expect(await fixture.log).toMatch(/"listening"[^]*"draining"[^]*"stopped"/);
    },
  );

  it('exits with 1 when a request takes longer than the shutdown may', async () => {
    const fixture = await startFixture(1);
    const { answer } = await startSlowRequest(fixture);
    const cut = expect(answer).rejects.toThrow('fetch failed');
    fixture.child.kill('SIGTERM');
    expect(await fixture.exitCode).toBe(1);
    await cut;
    expect(await fixture.log).toContain('the drain took too long');
  });
});

describe('a bug outside of any request', () => {
  it('is logged with its cause and ends the process with 1', async () => {
    const fixture = await startFixture(20);
    await fetch(`${fixture.url}/bug`);
    expect(await fixture.exitCode).toBe(1);
    expect(await fixture.log).toMatch(/"fatal"[^]*a bug outside of any request/);
  });
});

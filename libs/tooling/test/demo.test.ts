import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot, waitUntil } from '@aos/tooling';

const COMMAND = join(repositoryRoot, 'libs/tooling/src/commands/demo.ts');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
  // Postgres, which does not run as root, must be able to pass, or its data lies elsewhere.
  chmodSync(folder, 0o711);
});
afterAll(() => rmSync(folder, { recursive: true }));

let demo: ReturnType<typeof startDemo>;
// A test that failed in the middle: what it started is found by its folder, which must not go first.
afterEach(async () => {
  demo.kill('SIGKILL');
  await nothingLeft();
});

function startDemo(args: readonly string[] = []) {
  const { PATH, HOME, NODE_V8_COVERAGE } = process.env;
  return spawn(process.execPath, [COMMAND, ...args], {
    env: { PATH, HOME, NODE_V8_COVERAGE, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Command lines of the processes that work in the test's folder or write their log there: all that the demo starts. */
function leftProcesses(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && isOurs(entry))
    .map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
}

function isOurs(pid: string): boolean {
  try {
    return ['cwd', 'fd/1'].some((link) => readlinkSync(`/proc/${pid}/${link}`).startsWith(folder));
  } catch {
    return false;
  }
}

const nothingLeft = () =>
  waitUntil(() => leftProcesses().length === 0 && readdirSync(folder).length === 0, {
    what: 'no process and no file of the demo is left',
  });

describe('pnpm demo', () => {
  it('tells its story in under 60 s: one message, although the orchestrator was killed on the way', async () => {
    demo = startDemo();
    const [output, errors] = await Promise.all([text(demo.stdout), text(demo.stderr), once(demo, 'close')]);
    expect({ code: demo.exitCode, errors }).toEqual({ code: 0, errors: '' });
    for (const line of [
      /SANDBOX servers/,
      /\$ aos capabilities\n/,
      /verdict +FEASIBLE/,
      /\$ aos run .*--watch\n/,
      /step\.finished +price succeeded .*64250\.5/,
      /kill -9 \d+/,
      /started again, pid \d+/,
      /run\.finished +succeeded/,
      /\$ aos get-run /,
      /notify +webhook_send +succeeded/,
      /message +BTC is at 64250\.5 USD/,
      /Exactly one message under one webhook-id/,
      /MODEL SANDBOX answers in place of Claude/,
      /\$ aos run .*--goal 'Fetch the orders [^\n]*' --watch\n/,
      /planned by +anthropic \(simulated-claude-/,
      /reasoning +Simulated plan/,
      /SANDBOX Slack got: Total: 1510\.4/,
      /DTSTART:20300107T090000Z/,
      /\$ aos usage\n/,
      /llm_calls +1 +[\d.]+ cents/,
      /\$ aos eval run --suite golden --gate gate\.yaml\n/,
      /gate +passed/,
    ]) {
      expect(output).toMatch(line);
    }
    expect(Number(/The demo took ([\d.]+) s/.exec(output)?.[1])).toBeLessThan(60);
    await nothingLeft();
  }, 180_000);

  it('leaves nothing running and no data when it is interrupted', async () => {
    demo = startDemo();
    const isUp = Promise.withResolvers<void>();
    demo.stdout.on('data', (chunk) => {
      if (String(chunk).includes('the stack is up')) isUp.resolve();
    });
    await Promise.race([isUp.promise, once(demo, 'exit')]);
    for (const part of [
      'postgres',
      'redis',
      'nats',
      'api-gateway',
      'orchestrator',
      'realtime',
      'router',
      'eval',
      'billing',
      'model-sandbox',
    ]) {
      expect(leftProcesses().join()).toContain(part);
    }
    demo.kill('SIGINT');
    await once(demo, 'exit');
    expect(demo.exitCode).toBe(130);
    await nothingLeft();
  });

  it('leaves nothing running and no data when it is killed while it watches the run', async () => {
    demo = startDemo();
    const isWatching = Promise.withResolvers<void>();
    demo.stdout.on('data', (chunk) => {
      if (String(chunk).includes('started again, pid')) isWatching.resolve();
    });
    await Promise.race([isWatching.promise, once(demo, 'exit')]);
    expect(leftProcesses().join()).toContain('aos.mjs');
    demo.kill('SIGKILL');
    await nothingLeft();
  });

  it('says what is missing for --live before it starts anything', async () => {
    demo = startDemo(['--live']);
    const [errors] = await Promise.all([text(demo.stderr), once(demo, 'close')]);
    expect(demo.exitCode).toBe(2);
    expect(errors).toContain('SLACK_WEBHOOK_URL');
  });
});

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stackFile } from '@aos/contracts';
import { freePort, repositoryRoot } from '@aos/tooling';

const run = promisify(execFile);
const COMMAND = join(repositoryRoot, 'libs/tooling/src/commands/stack.ts');

const SANDBOX_HEADERS = { 'x-api-key': 'any', 'anthropic-version': '2023-06-01' };

let stateDir: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'stack-'));
  const ports = [
    'GATEWAY',
    'REALTIME',
    'ORCHESTRATOR',
    'ROUTER',
    'EVAL',
    'BILLING',
    'POSTGRES',
    'REDIS',
    'NATS',
    'MODEL_SANDBOX',
  ];
  const { PATH, HOME, NODE_V8_COVERAGE } = process.env;
  env = { PATH, HOME, NODE_V8_COVERAGE, AOS_STATE_DIR: stateDir };
  for (const name of ports) env[`AOS_${name}_PORT`] = String(await freePort());
});
afterAll(async () => {
  await stack('down', '--wipe');
  rmSync(stateDir, { recursive: true });
});

async function stack(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [COMMAND, ...args], { env });
  return stdout;
}

interface Status {
  parts: { name: string; state: string; pid: number | null }[];
}

async function status(): Promise<Map<string, Status['parts'][number]>> {
  // Exit code 1 says that not all is ready; the text is the same.
  const text = await stack('status', '--json').catch((error: unknown) => String(Object(error).stdout));
  const { parts }: Status = JSON.parse(text);
  return new Map(parts.map((part) => [part.name, part]));
}

const readStackFile = () => stackFile.parse(JSON.parse(readFileSync(join(stateDir, 'stack.json'), 'utf8')));

describe('the local stack', () => {
  it('comes up once when two ask at once, and says how to reach it', async () => {
    await Promise.all([stack('up'), stack('up')]);
    const file = readStackFile();
    for (const { health_url } of Object.values(file.services))
      expect((await fetch(health_url)).status).toBe(200);
    const asUser = await fetch(`${file.gateway_url}/api/v1/agents`, {
      headers: { 'X-AOS-Key': file.api_key },
    });
    expect(asUser.status).toBe(200);
    const parts = [...(await status()).values()];
    expect(parts.map(({ state }) => state)).toEqual(parts.map(() => 'ready'));
  });

  it('starts only what is not running', async () => {
    const before = await status();
    process.kill(before.get('orchestrator')?.pid ?? 0, 'SIGKILL');
    await stack('up');
    const after = await status();
    expect(after.get('orchestrator')).toMatchObject({ state: 'ready' });
    expect(after.get('orchestrator')?.pid).not.toBe(before.get('orchestrator')?.pid);
    expect(after.get('api-gateway')?.pid).toBe(before.get('api-gateway')?.pid);
    expect(after.get('postgres')?.pid).toBe(before.get('postgres')?.pid);
  });

  it('keeps keys and data over down and up', async () => {
    const { api_key: apiKey, admin_key: adminKey } = readStackFile();
    await stack('down');
    const parts = [...(await status()).values()];
    expect(parts.map(({ state }) => state)).toEqual(parts.map(() => 'stopped'));
    expect(existsSync(join(stateDir, 'stack.json'))).toBe(false);
    await stack('up');
    expect(readStackFile()).toMatchObject({ api_key: apiKey, admin_key: adminKey });
  });

  it('has simulated models only where it is asked to, and then until it goes down', async () => {
    await stack('up');
    const before = await status();
    expect(before.has('model-sandbox')).toBe(false);
    expect(readStackFile().model_sandbox_url).toBeUndefined();

    expect(await stack('up', '--model-sandbox')).toContain('models    SIMULATED');
    const url = readStackFile().model_sandbox_url ?? '';
    expect((await fetch(`${url}/v1/models`, { headers: SANDBOX_HEADERS })).status).toBe(200);
    const simulated = await status();
    expect(simulated.get('model-sandbox')).toMatchObject({ state: 'ready' });
    expect(simulated.get('router')?.pid).not.toBe(before.get('router')?.pid);
    expect(simulated.get('orchestrator')?.pid).toBe(before.get('orchestrator')?.pid);

    expect(await stack('up')).toContain('models    SIMULATED');
    expect(await status()).toEqual(simulated);
    expect(await stack('logs', 'model-sandbox')).toContain('no model is called');

    await stack('down');
    expect(await stack('up')).toContain('models    none');
    expect((await status()).has('model-sandbox')).toBe(false);
  }, 120_000);

  it('shows the log of one service, and names them all for one it does not have', async () => {
    expect(await stack('logs', 'api-gateway')).toContain('listening');
    await expect(stack('logs', 'nobody')).rejects.toThrow('there are: api-gateway');
  });
});

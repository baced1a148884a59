import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeModels, modelsOf } from './models.ts';
import { stopStack } from './stop.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'models-'));
});
afterEach(async () => {
  await stopStack({ stateDir, say: () => undefined, wipe: true });
  rmSync(stateDir, { recursive: true });
});

function modelsWith(
  env: NodeJS.ProcessEnv,
  modelSandbox: boolean,
  say: (line: string) => void = () => undefined,
) {
  return modelsOf({ stateDir, env, ports: 'free', modelSandbox, say });
}

describe('what answers model calls', () => {
  it('is Anthropic where there is a key, and nothing without', async () => {
    const real = await modelsWith({ ANTHROPIC_API_KEY: 'key' }, false);
    expect(describeModels(real)).toMatch(/^real/);
    expect(describeModels(await modelsWith({}, false))).toMatch(/^none: .*--model-sandbox/);
  });

  it('is the sandbox where it is asked for, whatever the environment has, and says so', async () => {
    const said: string[] = [];
    const models = await modelsWith({ ANTHROPIC_API_KEY: 'real' }, true, (line) => said.push(line));
    expect(models.kind).toBe('simulated');
    expect(models.env['ANTHROPIC_API_KEY']).toMatch(/^simulated/);
    expect(models.env['ANTHROPIC_BASE_URL']).toBe(models.sandboxUrl);
    expect(said.join()).toContain('not ANTHROPIC_API_KEY');
    expect(await modelsWith({ ANTHROPIC_API_KEY: 'real' }, false)).toEqual(models);
  });
});

import { routerConfig } from '@aos/contracts';
import { createLogger } from '@aos/telemetry';
import { describe, expect, it } from '@jest/globals';
import { openProviders } from './open-providers.ts';
import { providerAccesses } from './provider-accesses.ts';

function opened(env: Record<string, string>) {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const urls = {
    NATS_URL: 'nats://127.0.0.1',
    DATABASE_URL: 'postgres://aos_app@127.0.0.1/aos',
    DATABASE_SYSTEM_URL: 'postgres://aos_engine@127.0.0.1/aos',
  };
  const logger = createLogger({ service: 'test', level: 'info', destination });
  return { ...openProviders(providerAccesses(routerConfig.parse({ ...urls, ...env })), logger), lines };
}

const LOCAL = JSON.stringify([
  { name: 'local', base_url: 'http://127.0.0.1:1/v1', models: [{ name: 'llama' }] },
]);

describe('without any provider', () => {
  it('none is found, health is degraded, and the log has both ways out once at the start', async () => {
    const { findProvider, probe, lines } = opened({});
    expect(findProvider('anthropic')).toBeUndefined();
    expect(probe).toMatchObject({ name: 'models', critical: false });
    expect(await probe.check()).toMatchObject({ status: 'degraded' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/"level":"warn".*ANTHROPIC_API_KEY.*pnpm stack up --model-sandbox/);
  });
});

describe('with a provider', () => {
  it.each([
    [{ ANTHROPIC_API_KEY: 'sk-test' }, 'anthropic'],
    [{ OPENAI_API_KEY: 'sk-test' }, 'openai'],
    [{ LLM_PROVIDERS: LOCAL }, 'local'],
  ])('all is well: %j', async (env, name) => {
    const { findProvider, probe, lines } = opened(env);
    expect(findProvider(name)).toBeDefined();
    expect(await probe.check()).toBeUndefined();
    expect(lines).toEqual([]);
  });
});

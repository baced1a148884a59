import { routerConfig, llmRequest } from '@aos/contracts';
import { createLogger } from '@aos/telemetry';
import { describe, expect, it } from '@jest/globals';
import { MODELS } from '../models.ts';
import { openProvider } from './open-provider.ts';

function opened(env: Record<string, string>) {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const urls = {
    NATS_URL: 'nats://127.0.0.1',
    DATABASE_URL: 'postgres://aos_app@127.0.0.1/aos',
    DATABASE_SYSTEM_URL: 'postgres://aos_engine@127.0.0.1/aos',
  };
  const logger = createLogger({ service: 'test', level: 'info', destination });
  return { ...openProvider(routerConfig.parse({ ...urls, ...env }), logger), lines };
}

describe('without a key', () => {
  it('every call fails with both ways out, health is degraded, and the log has it once at the start', async () => {
    const { provider, probe, lines } = opened({});
    const [model] = MODELS;
    if (model === undefined) throw new Error('no models');
    const request = llmRequest.parse({ purpose: 'skill', messages: [{ role: 'user', content: 'hi' }] });
    const limits = { timeoutMs: 1, signal: new AbortController().signal, traceparent: '' };
    expect(await provider.complete({ model, request }, limits)).toMatchObject({
      error: {
        code: 'provider_not_configured',
        message: expect.stringMatching(/ANTHROPIC_API_KEY.*pnpm stack up --model-sandbox/),
      },
    });
    expect(probe).toMatchObject({ name: 'models', critical: false });
    expect(await probe.check()).toMatchObject({ status: 'degraded' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"level":"warn"');
  });
});

describe('with a key', () => {
  it('all is well', async () => {
    const { probe, lines } = opened({ ANTHROPIC_API_KEY: 'sk-test' });
    expect(await probe.check()).toBeUndefined();
    expect(lines).toEqual([]);
  });
});

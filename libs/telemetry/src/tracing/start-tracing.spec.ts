import { coreConfig } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createLogger } from '../logger.ts';
import { openSpan } from '../span.ts';
import { endpointOf, startTracing } from './start-tracing.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const configOf = (env: Record<string, string>) =>
  z.object(coreConfig).parse({ NATS_URL: 'nats://127.0.0.1:4222', ...env });

const COLLECTOR = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('where spans go', () => {
  it.each([
    ['nowhere without an endpoint', {}, undefined],
    ['to the collector', COLLECTOR, 'http://collector:4318/v1/traces'],
    [
      'below the path of the endpoint',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://x/otlp/' },
      'https://x/otlp/v1/traces',
    ],
    [
      'to their own endpoint as it stands',
      { ...COLLECTOR, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:1/api' },
      'http://traces:1/api',
    ],
    ['nowhere when the SDK is disabled', { ...COLLECTOR, OTEL_SDK_DISABLED: 'true' }, undefined],
    ['nowhere when the exporter is none', { ...COLLECTOR, OTEL_TRACES_EXPORTER: 'none' }, undefined],
  ])('%s', (_, env, url) => {
    expect(endpointOf(configOf(env))).toBe(url);
  });
});

describe('a span that nobody records', () => {
  it('carries on the trace of its parent, sampled or not', async () => {
    const tracing = await startTracing({ service: 'test', version: '1', config: configOf({}), logger });
    const span = openSpan('work', {
      kind: 'internal',
      parent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
    });
    span.set({ a: 1 });
    span.fail({ message: 'no' });
    span.end();
    expect(span.traceparent).toMatch(
      /^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-00$/,
    );
    await tracing.stop();
  });

  it('begins a trace without one', () => {
    expect(openSpan('work', { kind: 'internal' }).traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});

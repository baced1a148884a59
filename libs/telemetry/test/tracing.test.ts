import { coreConfig } from '@aos/contracts';
import { startOtlpReceiver, waitUntil, type OtlpReceiver } from '@aos/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createLogger, openSpan, startTracing, traceIdOf, type Tracing } from '../src/index.ts';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const UNSAMPLED = PARENT.replace(/01$/, '00');

let receiver: OtlpReceiver;
let tracing: Tracing | undefined;
let lines: Record<string, unknown>[] = [];

const logger = createLogger({
  service: 'test',
  level: 'info',
  destination: { write: (line: string) => lines.push(JSON.parse(line)) },
});

beforeEach(async () => {
  lines = [];
  receiver = await startOtlpReceiver();
});

afterEach(async () => {
  await tracing?.stop();
  await receiver.close();
});

async function start(env: Record<string, string> = {}): Promise<Tracing> {
  const config = z.object(coreConfig).parse({
    NATS_URL: 'nats://127.0.0.1:4222',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    ...env,
  });
  tracing = await startTracing({ service: 'test', version: '1.2.3', config, logger });
  return tracing;
}

const said = (text: string) => lines.filter(({ msg }) => String(msg).includes(text));

describe('spans', () => {
  it.each(['http/protobuf', 'http/json'])('arrive by %s as they were made', async (protocol) => {
    const started = await start({
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-team=blue,x-key=a%20b',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-team=red',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
    const parent = openSpan('asks', {
      kind: 'client',
      parent: PARENT,
      attributes: { a: 1, gone: undefined },
    });
    const child = openSpan('answers', { kind: 'server', parent: parent.traceparent });
    child.set({ text: 'x', is: true, share: 0.5, list: ['p', 'q'] });
    child.fail({ code: 'upstream_error', message: 'nats://u:hidden@host said no to Bearer abcdefghijkl' });
    child.end();
    parent.end();
    await started.stop();

    expect(receiver.headers[0]).toMatchObject({ 'x-team': 'red', 'x-key': 'a b' });
    expect(receiver.spans).toMatchObject([
      {
        name: 'answers',
        kind: 'server',
        traceId: traceIdOf(PARENT),
        spanId: child.traceparent.split('-')[2],
        parentSpanId: parent.traceparent.split('-')[2],
        attributes: { text: 'x', is: true, share: 0.5, list: ['p', 'q'], 'error.type': 'upstream_error' },
        status: { code: 'error', message: expect.stringContaining('said no') },
        service: 'aos-test',
        resource: {
          'service.version': '1.2.3',
          'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
          'deployment.environment.name': 'test',
        },
      },
      { name: 'asks', kind: 'client', parentSpanId: '00f067aa0ba902b7', status: { code: 'unset' } },
    ]);
    expect(receiver.spans[1]?.attributes).toEqual({ a: 1 });
    expect(receiver.bodies.join('')).not.toMatch(/hidden|abcdefghijkl/);
  });

  it('tell of a failure of others no more than its code: its text may quote what a tenant wrote', async () => {
    const started = await start();
    for (const owner of ['caller', 'tenant_policy', 'upstream', 'platform']) {
      const span = openSpan(owner, { kind: 'internal' });
      span.fail({ code: 'some_code', message: `text of the ${owner}`, owner });
      span.end();
    }
    await started.stop();
    expect(receiver.spans.map(({ status }) => status.message)).toEqual(['', '', '', 'text of the platform']);
    expect(receiver.spans[0]).toMatchObject({
      status: { code: 'error' },
      attributes: { 'error.type': 'some_code' },
    });
  });

  it('are named after OTEL_SERVICE_NAME and go compressed where that is set', async () => {
    const started = await start({
      OTEL_SERVICE_NAME: 'mine',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=other',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    });
    openSpan('work', { kind: 'internal' }).end();
    await started.stop();
    expect(receiver.spans).toMatchObject([{ service: 'mine', parentSpanId: '' }]);
    expect(receiver.headers[0]).toHaveProperty('content-encoding', 'gzip');
  });

  it('leave nothing behind when ended twice, and are carried on after the end of tracing', async () => {
    const started = await start();
    const span = openSpan('work', { kind: 'internal' });
    span.end();
    span.end();
    await started.stop();
    const later = openSpan('later', { kind: 'internal', parent: span.traceparent });
    later.end();
    expect(traceIdOf(later.traceparent)).toBe(traceIdOf(span.traceparent));
    expect(receiver.spans.map(({ name }) => name)).toEqual(['work']);
  });
});

describe('sampling', () => {
  it.each([
    ['parentbased_always_on', PARENT, 1],
    ['parentbased_always_on', UNSAMPLED, 0],
    ['parentbased_always_on', undefined, 1],
    ['parentbased_always_off', PARENT, 1],
    ['parentbased_always_off', undefined, 0],
    ['parentbased_traceidratio', undefined, 0],
    ['parentbased_traceidratio', PARENT, 1],
    ['traceidratio', PARENT, 0],
    ['always_on', UNSAMPLED, 1],
    ['always_off', PARENT, 0],
  ])('by %s with the parent %s keeps %d, and says so in the traceparent', async (sampler, parent, kept) => {
    const started = await start({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '0' });
    const span = openSpan('work', { kind: 'internal', parent });
    span.end();
    await started.stop();
    expect(receiver.spans).toHaveLength(kept);
    expect(span.traceparent.endsWith(`-0${kept}`)).toBe(true);
    if (parent !== undefined) expect(traceIdOf(span.traceparent)).toBe(traceIdOf(parent));
  });
});

describe('a collector that is away', () => {
  it('is told once to the log; the queue stays bounded, and the service goes on when it is back', async () => {
    await start({
      OTEL_BSP_SCHEDULE_DELAY: '10',
      OTEL_BSP_MAX_QUEUE_SIZE: '4',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4',
    });
    receiver.answerWith(400);
    for (let batch = 1; batch <= 3; batch += 1) {
      for (let i = 0; i < 100; i += 1) openSpan('lost', { kind: 'internal' }).end();
      await waitUntil(() => receiver.headers.length >= batch, { what: `export ${batch} to be tried` });
    }
    await waitUntil(() => said('cannot be exported').length > 0, { what: 'the warning' });
    receiver.answerWith(200);
    await waitUntil(
      () => {
        openSpan('kept', { kind: 'internal' }).end();
        return said('takes spans again').length > 0;
      },
      { what: 'the collector to be back' },
    );
    expect(said('cannot be exported')).toHaveLength(1);
    expect(receiver.headers.length).toBeLessThan(60);
    await waitUntil(() => receiver.spans.some(({ name }) => name === 'kept'), { what: 'a span' });
  });

  it('does not hold up the end of the process', async () => {
    const started = await start({ OTEL_EXPORTER_OTLP_TIMEOUT: '3500' });
    await receiver.close();
    openSpan('lost', { kind: 'internal' }).end();
    const beganMs = performance.now();
    await started.stop();
    expect(performance.now() - beganMs).toBeLessThan(5_000);
  });
});

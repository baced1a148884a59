import {
  LLM_USAGE,
  agentsGet,
  coreConfig,
  errorOf,
  eventSubject,
  fail,
  runsGet,
  skillsList,
  succeed,
} from '@aos/contracts';
import { openSpan, startTracing, traceIdOf, type Tracing } from '@aos/telemetry';
import { startOtlpReceiver, waitUntil, type OtlpReceiver, type ReceivedSpan } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Messaging } from '../src/index.ts';
import { RUN_ID, SILENT, Surroundings, context, isKnown } from './surroundings.ts';

let surroundings: Surroundings;
let gateway: Messaging;
let orchestrator: Messaging;
let collector: OtlpReceiver;
let tracing: Tracing;

beforeAll(async () => {
  surroundings = await Surroundings.start();
  gateway = await surroundings.join('api-gateway');
  orchestrator = await surroundings.join('orchestrator');
  collector = await startOtlpReceiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '5' };
  const config = z.object(coreConfig).parse({ NATS_URL: surroundings.nats.urlFor('operator'), ...env });
  tracing = await startTracing({ service: 'test', version: '0', config, logger: SILENT });
  orchestrator.answer(skillsList, async ({ traceparent }) => {
    openSpan('inside', { kind: 'internal', parent: traceparent }).end();
    return succeed({ skills: [], manifest: [] });
  });
  orchestrator.answer(agentsGet, async () => fail(errorOf('not_found', 'no such agent')));
  orchestrator.answer(runsGet, async () => {
    throw new Error('the secret inside');
  });
  await isKnown(orchestrator);
}, 120_000);

afterAll(async () => {
  await surroundings.stop();
  await tracing.stop();
  await collector.close();
});

beforeEach(() => {
  collector.spans.length = 0;
});

async function spans(count: number): Promise<ReceivedSpan[]> {
  await waitUntil(() => collector.spans.length >= count, { what: `${count} spans` });
  return collector.spans;
}

const named = (name: string) => collector.spans.find((span) => span.name === name);

describe('a request', () => {
  it('is a span on both ends, each the parent of what follows', async () => {
    const asked = context();
    await gateway.request(skillsList, asked, {});
    await spans(3);
    const request = named('request orchestrator.skills.list.v1');
    const answer = named('answer orchestrator.skills.list.v1');
    expect(request).toMatchObject({
      kind: 'client',
      traceId: traceIdOf(asked.traceparent),
      parentSpanId: asked.traceparent.split('-')[2],
      attributes: { 'messaging.system': 'nats', 'messaging.destination.name': skillsList.subject },
      status: { code: 'unset' },
    });
    expect(answer).toMatchObject({
      kind: 'server',
      parentSpanId: request?.spanId,
      attributes: { 'aos.tenant_id': 'acme' },
    });
    expect(named('inside')?.parentSpanId).toBe(answer?.spanId);
  });

  it('that the caller is to blame for says its code and is no error of the work', async () => {
    await gateway.request(agentsGet, context(), { agent_id: RUN_ID });
    for (const span of await spans(2)) {
      expect(span).toMatchObject({ attributes: { 'error.type': 'not_found' }, status: { code: 'unset' } });
    }
  });

  it('that ends in a bug is an error on both ends, of which nothing is told', async () => {
    await gateway.request(runsGet, context(), { run_id: RUN_ID });
    for (const span of await spans(2)) {
      expect(span).toMatchObject({ attributes: { 'error.type': 'internal' }, status: { code: 'error' } });
    }
    expect(collector.bodies.join('')).not.toContain('the secret inside');
  });
});

describe('a consumed event', () => {
  it('is handled in a span of the trace in which it was published', async () => {
    const billing = await surroundings.join('billing');
    const published = context().traceparent;
    const seen: string[] = [];
    const consumer = billing.consume(LLM_USAGE, {
      schema: z.object({}),
      concurrency: 1,
      handle: async ({ traceparent }) => {
        seen.push(traceparent);
        return fail(errorOf('internal', 'not this time'));
      },
    });
    const place = { tenantId: 'acme', entity: 'llm', entityId: RUN_ID } as const;
    const message = { subject: eventSubject(place, 'llm.completed'), id: 'llm-1', payload: '{}' };
    const router = await surroundings.join('router');
    await router.publishEvents([{ ...message, traceparent: published }]);
    const [span] = await spans(1);
    await consumer.drain();
    expect(span).toMatchObject({
      name: 'process billing-llm',
      kind: 'consumer',
      traceId: traceIdOf(published),
      parentSpanId: published.split('-')[2],
      attributes: { 'messaging.message.id': 'llm-1', 'messaging.destination.name': 'AOS_EVENTS' },
      status: { code: 'error' },
    });
    expect(seen[0]).toContain(span?.spanId);
  });
});

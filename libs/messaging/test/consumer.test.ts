import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DEAD_STREAM,
  EVENTS_STREAM,
  STREAMS,
  deadLetterSubject,
  errorOf,
  fail,
  succeed,
  type ConsumerDefinition,
  type StructuredOutcome,
} from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import type { JetStreamManager } from '@nats-io/jetstream';
import { z } from 'zod';
import {
  DEAD_LETTER_HEADERS,
  declareStreams,
  type DeliveryContext,
  type DurableConsumer,
  type Messaging,
} from '../src/index.ts';
import { SILENT, Surroundings, gate } from './surroundings.ts';

const ACK_WAIT_MS = 900;
const schema = z.object({ n: z.int() });

let surroundings: Surroundings;
let manager: JetStreamManager;
let operator: Messaging;
let counted = 0;
const consumers: DurableConsumer<typeof schema>[] = [];

beforeAll(async () => {
  surroundings = await Surroundings.start();
  manager = await surroundings.streams();
  operator = await surroundings.join('operator');
}, 120_000);

afterEach(async () => {
  await Promise.all(consumers.splice(0).map((consumer) => consumer.drain()));
});

afterAll(() => surroundings.stop());

/** A consumer of events of its own for each test. */
async function declare(): Promise<ConsumerDefinition> {
  counted += 1;
  const definition: ConsumerDefinition = {
    name: `reader-${counted}`,
    stream: EVENTS_STREAM.name,
    service: 'orchestrator',
    filter: `aos.events.v1.acme._.run.${counted}.>`,
    ackWaitMs: ACK_WAIT_MS,
    maxAckPending: 100,
    maxDeliver: 3,
  };
  const url = surroundings.nats.urlFor('migrate');
  await declareStreams({ url, logger: SILENT, streams: STREAMS, consumers: [definition] });
  return definition;
}

type Handle = (context: DeliveryContext, event: { n: number }) => Promise<StructuredOutcome<unknown>>;

function consume(
  definition: ConsumerDefinition,
  handle: Handle,
  concurrency = 1,
): DurableConsumer<typeof schema> {
  const consumer = operator.consume(definition, { schema, handle, concurrency });
  consumers.push(consumer);
  return consumer;
}

function publish({ filter }: ConsumerDefinition, ...payloads: string[]): Promise<void> {
  return operator.publishEvents(
    payloads.map((payload) => ({
      subject: filter.replace('>', 'run.started'),
      id: undefined,
      headers: { 'Nats-Msg-Id': `${filter}-${payload}` },
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      payload,
    })),
  );
}

async function unsettled({ stream, name }: ConsumerDefinition): Promise<number> {
  const { num_pending: pending, num_ack_pending: held } = await manager.consumers.info(stream, name);
  return pending + held;
}

const settled = (definition: ConsumerDefinition): Promise<unknown> =>
  waitUntil(async () => (await unsettled(definition)) === 0, { what: 'everything settled' });

async function deadLetter(definition: ConsumerDefinition) {
  return waitUntil(
    async () =>
      (await manager.streams.getMessage(DEAD_STREAM.name, { last_by_subj: deadLetterSubject(definition) })) ??
      undefined,
    { what: 'a dead letter' },
  );
}

const deadLetters = async (definition: ConsumerDefinition): Promise<number> => {
  const subject = deadLetterSubject(definition);
  const { state } = await manager.streams.info(DEAD_STREAM.name, { subjects_filter: subject });
  return state.subjects?.[subject] ?? 0;
};

describe('a durable consumer', () => {
  it('hands each event on once, parsed, with where it stands', async () => {
    const definition = await declare();
    const seen: { context: DeliveryContext; n: number }[] = [];
    await publish(definition, '{"n":1,"unknown":true}', '{"n":2}');
    consume(definition, async (context, { n }) => {
      seen.push({ context, n });
      return succeed(undefined);
    });
    await settled(definition);
    expect(seen.map(({ n }) => n)).toEqual([1, 2]);
    expect(seen[1]?.context).toEqual({
      subject: definition.filter.replace('>', 'run.started'),
      id: `${definition.filter}-{"n":2}`,
      traceparent: expect.stringMatching(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)/),
      sequence: expect.any(Number),
      deliveries: 1,
    });
  });

  it('works on as many at once as it may, and no more', async () => {
    const definition = await declare();
    const finish = gate();
    let open = 0;
    let openMax = 0;
    consume(
      definition,
      async () => {
        open += 1;
        openMax = Math.max(openMax, open);
        await finish.opened;
        open -= 1;
        return succeed(undefined);
      },
      3,
    );
    await publish(definition, ...Array.from({ length: 9 }, (_, n) => JSON.stringify({ n })));
    await waitUntil(async () => open === 3, { what: 'three handled at once' });
    finish.open();
    await settled(definition);
    expect(openMax).toBe(3);
  });

  it('has a retryable failure and a bug delivered again, with growing count', async () => {
    const definition = await declare();
    const counts: number[] = [];
    consume(definition, async ({ deliveries }) => {
      counts.push(deliveries);
      if (deliveries === 1) return fail(errorOf('unavailable', 'not now', { retryAfterMs: 10 }));
      if (deliveries === 2) throw new Error('a bug');
      return succeed(undefined);
    });
    await publish(definition, '{"n":1}');
    await waitUntil(async () => counts.length === 3, { what: 'three deliveries' });
    await settled(definition);
    expect(counts).toEqual([1, 2, 3]);
    expect(await deadLetters(definition)).toBe(0);
  });

  it('keeps what it works on longer than the ack wait', async () => {
    const definition = await declare();
    const finish = gate();
    let calls = 0;
    consume(
      definition,
      async () => {
        calls += 1;
        await finish.opened;
        return succeed(undefined);
      },
      2,
    );
    await publish(definition, '{"n":1}');
    setTimeout(finish.open, ACK_WAIT_MS * 2.5);
    await settled(definition);
    expect(calls).toBe(1);
  });
});

describe('a message goes to the dead letters', () => {
  it('after its last delivery, with the reason', async () => {
    const definition = await declare();
    let calls = 0;
    consume(definition, async () => {
      calls += 1;
      return fail(errorOf('unavailable', 'never\nagain', { retryAfterMs: 10 }));
    });
    await publish(definition, '{"n":1}');
    const letter = await deadLetter(definition);
    await settled(definition);
    expect(calls).toBe(definition.maxDeliver);
    expect(letter.string()).toBe('{"n":1}');
    expect(letter.header.get(DEAD_LETTER_HEADERS.reason)).toBe('unavailable: never again');
    expect(letter.header.get(DEAD_LETTER_HEADERS.subject)).toBe(
      definition.filter.replace('>', 'run.started'),
    );
    expect(letter.header.get(DEAD_LETTER_HEADERS.deliveries)).toBe('3');
    expect(letter.header.get('traceparent')).toContain('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  it('at once when the failure is not to be repeated', async () => {
    const definition = await declare();
    let calls = 0;
    consume(definition, async () => {
      calls += 1;
      return fail(errorOf('not_found', 'gone'));
    });
    await publish(definition, '{"n":1}');
    await deadLetter(definition);
    expect(calls).toBe(1);
  });

  it.each(['{"n":"text"}', '{"n":', 'no JSON at all', '{}'])(
    'without the handler where it cannot be read: %s',
    async (poison) => {
      const definition = await declare();
      const seen: number[] = [];
      consume(definition, async (_, { n }) => {
        seen.push(n);
        return succeed(undefined);
      });
      await publish(definition, poison, '{"n":7}');
      const letter = await deadLetter(definition);
      await settled(definition);
      expect(letter.string()).toBe(poison);
      expect(letter.header.get(DEAD_LETTER_HEADERS.reason)).toMatch(/^invalid_request: \//);
      expect(seen).toEqual([7]);
    },
  );

  it('without the handler when processes died on it as often as it may be delivered', async () => {
    const definition = await declare();
    await publish(definition, '{"n":1}');
    const source = operator.pullTickets(definition);
    for (let delivered = 0; delivered < definition.maxDeliver; delivered += 1) {
      const [taken] = await source.fetch(1, { waitMs: 5_000 });
      taken?.nak();
    }
    let calls = 0;
    consume(definition, async () => {
      calls += 1;
      return succeed(undefined);
    });
    const letter = await deadLetter(definition);
    expect(letter.header.get(DEAD_LETTER_HEADERS.reason)).toContain('without an outcome');
    expect(calls).toBe(0);
  });
});

describe('draining a consumer', () => {
  it('finishes what is under way and takes nothing new', async () => {
    const definition = await declare();
    const finish = gate();
    const started = gate();
    const seen: number[] = [];
    const consumer = consume(definition, async (_, { n }) => {
      started.open();
      await finish.opened;
      seen.push(n);
      return succeed(undefined);
    });
    await publish(definition, '{"n":1}', '{"n":2}');
    await started.opened;
    let isDrained = false;
    const drained = consumer.drain().finally(() => {
      isDrained = true;
    });
    await operator.roundTripMs();
    expect(isDrained).toBe(false);
    finish.open();
    await drained;
    expect(seen).toEqual([1]);
    await waitUntil(async () => (await unsettled(definition)) === 1, { what: 'the first settled' });
  });

  it('does not wait for messages that may never come', async () => {
    const definition = await declare();
    const consumer = consume(definition, async () => succeed(undefined));
    await operator.roundTripMs();
    const startedMs = performance.now();
    await consumer.drain();
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});

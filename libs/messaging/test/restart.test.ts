import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  EVENTS_STREAM,
  RUN_TICKETS,
  STREAMS,
  agentsDelete,
  agentsGet,
  errorOf,
  eventSubject,
  fail,
  succeed,
  type ConsumerDefinition,
} from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import { z } from 'zod';
import { connectMessaging, declareStreams, type Messaging, type StreamMessage } from '../src/index.ts';
import { RUN_ID, SILENT, Surroundings, context, gate, isKnown } from './surroundings.ts';

const READER: ConsumerDefinition = {
  name: 'reader',
  stream: EVENTS_STREAM.name,
  service: 'orchestrator',
  filter: EVENTS_STREAM.subjects[0] ?? '',
  ackWaitMs: 2_000,
  maxAckPending: 100,
  maxDeliver: 5,
};

let surroundings: Surroundings;
let gateway: Messaging;
let orchestrator: Messaging;

beforeAll(async () => {
  surroundings = await Surroundings.start();
  const url = surroundings.nats.urlFor('migrate');
  await declareStreams({ url, logger: SILENT, streams: STREAMS, consumers: [RUN_TICKETS, READER] });
  gateway = await surroundings.join('api-gateway');
  orchestrator = await surroundings.join('orchestrator');
  orchestrator.answer(agentsDelete, async (_, input) => succeed(input));
  await isKnown(orchestrator);
}, 120_000);

beforeEach(async () => {
  await waitUntil(async () => (await ask()) === 'ok', { what: 'an answer' });
}, 30_000);

afterAll(() => surroundings.stop());

async function ask(): Promise<string> {
  const outcome = await gateway.request(agentsDelete, context(), { agent_id: RUN_ID });
  return outcome.ok ? 'ok' : outcome.error.code;
}

const restart = async (): Promise<void> => {
  await surroundings.nats.kill();
  await surroundings.nats.restart();
};

const event = (id: string): StreamMessage => ({
  subject: eventSubject({ tenantId: 'acme', entity: 'run', entityId: RUN_ID }, 'run.started'),
  id,
  payload: JSON.stringify({ id }),
});

/** As callers do: all of them again until all are stored. */
function publishAtLast(messages: StreamMessage[]): Promise<unknown> {
  return waitUntil(
    async () =>
      orchestrator.publishEvents(messages).then(
        () => true,
        () => false,
      ),
    { what: 'events stored' },
  );
}

describe('when the server is killed', () => {
  it('requests are unavailable at once, also those under way, and answered again after its start', async () => {
    const asked = gate();
    const never = gate();
    orchestrator.answer(agentsGet, async () => {
      asked.open();
      await never.opened;
      return fail(errorOf('not_found', 'asked before the kill'));
    });
    await isKnown(orchestrator);
    const underWay = gateway.request(agentsGet, context(), { agent_id: RUN_ID });
    await asked.opened;
    await surroundings.nats.kill();
    const startedMs = performance.now();
    expect(await underWay).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(await ask()).toBe('unavailable');
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    never.open();
    await surroundings.nats.restart();
    await waitUntil(async () => (await ask()) === 'ok', { what: 'an answer after the restart' });
  }, 30_000);

  it('a load of requests meets no other failure, and all are answered after its start', async () => {
    const codes: string[] = [];
    const loading = new AbortController();
    const load = Promise.all(
      Array.from({ length: 20 }, async () => {
        while (!loading.signal.aborted) {
          codes.push(await ask());
          await nextTurn();
        }
      }),
    );
    await waitUntil(async () => codes.length > 100, { what: 'a load' });
    await restart();
    const after = codes.length;
    await waitUntil(async () => codes.slice(after).filter((code) => code === 'ok').length > 100, {
      what: 'answers after the restart',
    });
    loading.abort();
    await load;
    expect([...new Set(codes)].sort()).toEqual(['ok', 'unavailable']);
    expect(await Promise.all(Array.from({ length: 50 }, ask))).toEqual(Array(50).fill('ok'));
  }, 30_000);

  it('health says so, and says when it is back', async () => {
    const back = gate();
    orchestrator.onReconnect(back.open);
    await surroundings.nats.kill();
    await waitUntil(
      async () =>
        orchestrator.roundTripMs().then(
          () => false,
          () => true,
        ),
      { what: 'a failing probe' },
    );
    await surroundings.nats.restart();
    await back.opened;
    expect(await orchestrator.roundTripMs()).toBeGreaterThanOrEqual(0);
  }, 30_000);

  it('events stored are kept, others refused at once and stored after its start, each once', async () => {
    const manager = await surroundings.streams();
    const before = (await manager.streams.info(EVENTS_STREAM.name)).state.messages;
    const messages = Array.from({ length: 100 }, (_, index) => event(`restart-${index}`));
    await orchestrator.publishEvents(messages.slice(0, 50));
    await surroundings.nats.kill();
    const startedMs = performance.now();
    await expect(orchestrator.publishEvents(messages)).rejects.toThrow();
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    await surroundings.nats.restart();
    const { streams } = await surroundings.streams();
    expect((await streams.info(EVENTS_STREAM.name)).state.messages - before).toBe(50);
    await publishAtLast(messages);
    await publishAtLast(messages);
    expect((await streams.info(EVENTS_STREAM.name)).state.messages - before).toBe(100);
  }, 30_000);

  it('a consumer reads on, and misses nothing', async () => {
    const seen = new Set<string>();
    const operator = await surroundings.join('operator');
    const schema = z.object({ id: z.string() });
    operator.consume(READER, {
      schema,
      concurrency: 4,
      handle: async (_, { id }) => {
        seen.add(id);
        return succeed(undefined);
      },
    });
    await publishAtLast([event('before')]);
    await waitUntil(async () => seen.has('before'), { what: 'the event before' });
    await restart();
    await publishAtLast([event('after-1'), event('after-2')]);
    await waitUntil(async () => seen.has('after-1') && seen.has('after-2'), { what: 'the events after' });
  }, 30_000);

  it('tickets that were held come again, new ones come soon', async () => {
    const tickets = orchestrator.pullTickets(RUN_TICKETS);
    const waiting = tickets.fetch(1, { waitMs: 20_000 });
    await restart();
    const startedMs = performance.now();
    expect(await waiting).toEqual([]);
    await waitUntil(
      async () =>
        orchestrator.publishWork([{ subject: RUN_TICKETS.filter, id: 't-1', payload: '{}' }]).then(
          () => true,
          () => false,
        ),
      { what: 'a ticket stored' },
    );
    const [ticket] = await waitUntil(
      async () => {
        const found = await tickets.fetch(1, { waitMs: 1_000 });
        return found.length > 0 && found;
      },
      { what: 'a ticket' },
    );
    expect(ticket?.payload).toBe('{}');
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    ticket?.ack();
  }, 30_000);

  it('draining does not wait for it', async () => {
    const leaving = await surroundings.join('orchestrator');
    leaving.answer(agentsGet, async () => fail(errorOf('not_found', 'none')));
    leaving.consume(RUN_TICKETS, {
      schema: z.unknown(),
      concurrency: 1,
      handle: async () => succeed(undefined),
    });
    await isKnown(leaving);
    await surroundings.nats.kill();
    const startedMs = performance.now();
    await leaving.drain();
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    await surroundings.nats.restart();
  }, 30_000);
});

describe('a service that starts before the server', () => {
  it('waits for it', async () => {
    await surroundings.nats.kill();
    const url = surroundings.nats.urlFor('realtime');
    const joining = connectMessaging({ url, service: 'realtime', logger: SILENT });
    await surroundings.nats.restart();
    const realtime = await joining;
    expect(await realtime.roundTripMs()).toBeGreaterThanOrEqual(0);
    await realtime.drain();
  }, 30_000);
});

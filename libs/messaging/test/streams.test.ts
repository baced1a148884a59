import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CONSUMERS,
  EVENTS_STREAM,
  LLM_USAGE,
  RETIRED_CONSUMERS,
  RUN_TICKETS,
  STREAMS,
  WORK_STREAM,
  eventSubject,
} from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import type { JetStreamManager } from '@nats-io/jetstream';
import { declareStreams, type CoreMessage, type Messaging } from '../src/index.ts';
import { RUN_ID, SILENT, Surroundings, isKnown } from './surroundings.ts';

const HOUR_NS = 3_600_000 * 1_000_000;
const SUBJECT = eventSubject({ tenantId: 'acme', entity: 'run', entityId: RUN_ID }, 'run.started');

let surroundings: Surroundings;
let manager: JetStreamManager;
let orchestrator: Messaging;

beforeAll(async () => {
  surroundings = await Surroundings.start();
  manager = await surroundings.streams();
  orchestrator = await surroundings.join('orchestrator');
}, 120_000);

afterAll(() => surroundings.stop());

const declare = (more: Partial<Parameters<typeof declareStreams>[0]> = {}): Promise<void> =>
  declareStreams({ url: surroundings.nats.urlFor('migrate'), logger: SILENT, ...more });

const eventOf = (id: string) => ({ subject: SUBJECT, id, payload: '{}' });
const ticketOf = (id: string | undefined) => ({ subject: RUN_TICKETS.filter, id, payload: '{}' });

const kept = async (): Promise<number> => (await manager.streams.info(EVENTS_STREAM.name)).state.messages;

describe('declaring streams', () => {
  it('makes every stream and consumer of the contracts', async () => {
    for (const { name, subjects } of STREAMS)
      expect((await manager.streams.info(name)).config.subjects).toEqual(subjects);
    for (const { stream, name, filter } of CONSUMERS)
      expect((await manager.consumers.info(stream, name)).config.filter_subject).toBe(filter);
  });

  it('again, also twice at once, changes nothing and loses nothing', async () => {
    await orchestrator.publishEvents([{ subject: SUBJECT, id: 'kept-1', payload: '{}' }]);
    const before = await manager.streams.info(EVENTS_STREAM.name);
    await Promise.all([declare(), declare()]);
    const after = await manager.streams.info(EVENTS_STREAM.name);
    expect(after.config).toEqual(before.config);
    expect(after.created).toBe(before.created);
    expect(after.state.messages).toBe(before.state.messages);
  });

  it('deletes consumers that nobody reads any more', async () => {
    const [retired] = RETIRED_CONSUMERS;
    if (retired === undefined) throw new Error('none is retired');
    await declare({ consumers: [...CONSUMERS, { ...LLM_USAGE, ...retired }] });
    expect(await manager.consumers.list(retired.stream).next()).not.toContainEqual(
      expect.objectContaining({ name: retired.name }),
    );
  });

  it('brings up to date what the contracts have changed', async () => {
    const before = await kept();
    const streams = [{ ...EVENTS_STREAM, maxAgeMs: 3_600_000 }, WORK_STREAM];
    const consumers = [{ ...RUN_TICKETS, ackWaitMs: 60_000, maxAckPending: 7 }];
    await declare({ streams, consumers });
    expect((await manager.streams.info(EVENTS_STREAM.name)).config.max_age).toBe(HOUR_NS);
    const { config } = await manager.consumers.info(RUN_TICKETS.stream, RUN_TICKETS.name);
    expect(config).toMatchObject({ ack_wait: 60_000 * 1_000_000, max_ack_pending: 7 });
    expect(await kept()).toBe(before);
    await declare();
    expect((await manager.streams.info(EVENTS_STREAM.name)).config.max_age).toBe(72 * HOUR_NS);
  });
});

describe('events', () => {
  it('are stored in the order they were handed in, each once', async () => {
    const before = await kept();
    const messages = Array.from({ length: 50 }, (_, index) => ({
      subject: SUBJECT,
      id: `ordered-${index}`,
      payload: JSON.stringify({ index }),
    }));
    await orchestrator.publishEvents(messages);
    await orchestrator.publishEvents(messages);
    const { state } = await manager.streams.info(EVENTS_STREAM.name);
    expect(state.messages - before).toBe(50);
    const stored = await Promise.all(
      messages.map((_, index) =>
        manager.streams.getMessage(EVENTS_STREAM.name, { seq: state.last_seq - 49 + index }),
      ),
    );
    expect(stored.map((message) => message?.string())).toEqual(messages.map(({ payload }) => payload));
  });

  it('carry their id and trace', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await orchestrator.publishEvents([{ subject: SUBJECT, id: 'traced-1', traceparent, payload: '{}' }]);
    const stored = await manager.streams.getMessage(EVENTS_STREAM.name, { last_by_subj: SUBJECT });
    expect(stored?.header.get('Nats-Msg-Id')).toBe('traced-1');
    expect(stored?.header.get('traceparent')).toBe(traceparent);
  });

  it('are heard live with their sequence', async () => {
    const realtime = await surroundings.join('realtime');
    const heard: CoreMessage[] = [];
    realtime.subscribeCore(`aos.live.v1.acme.*.run.${RUN_ID}.>`, (message) => heard.push(message));
    await isKnown(realtime);
    await orchestrator.publishEvents([{ subject: SUBJECT, id: 'live-1', payload: '{"live":1}' }]);
    const [live] = await waitUntil(async () => heard.length > 0 && heard, { what: 'the live event' });
    const { state } = await manager.streams.info(EVENTS_STREAM.name);
    expect(live).toEqual({
      subject: SUBJECT.replace('aos.events', 'aos.live'),
      payload: '{"live":1}',
      sequence: state.last_seq,
    });
  });

  it('go on being heard when a subscriber fails', async () => {
    const realtime = await surroundings.join('realtime');
    let heard = 0;
    realtime.subscribeCore('aos.live.v1.>', () => {
      heard += 1;
      throw new Error('a bug');
    });
    await isKnown(realtime);
    await orchestrator.publishEvents([eventOf('failing-1'), eventOf('failing-2')]);
    await waitUntil(async () => heard === 2, { what: 'both events' });
  });

  it('to a subject no stream keeps are refused, all of the batch to be repeated', async () => {
    const stored = { subject: SUBJECT, id: 'half-1', payload: '{}' };
    const lost = { subject: 'aos.nowhere', id: 'half-2', payload: '{}' };
    const operator = await surroundings.join('operator');
    await expect(operator.publishEvents([stored, lost])).rejects.toThrow();
    await operator.publishEvents([stored]);
    const { state } = await manager.streams.info(EVENTS_STREAM.name, { subjects_filter: SUBJECT });
    expect(state.subjects?.[SUBJECT]).toBeGreaterThan(0);
  });
});

describe('work', () => {
  it('with an id is stored once, without one every time', async () => {
    await orchestrator.publishWork([
      ticketOf('t-1'),
      ticketOf('t-1'),
      ticketOf(undefined),
      ticketOf(undefined),
    ]);
    expect((await manager.streams.info(WORK_STREAM.name)).state.messages).toBe(3);
  });
});

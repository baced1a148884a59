import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RUN_TICKETS, STREAMS, WORK_STREAM } from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import type { JetStreamManager } from '@nats-io/jetstream';
import { declareStreams, type Messaging, type PullSource } from '../src/index.ts';
import { SILENT, Surroundings } from './surroundings.ts';

const AT_ONCE = { waitMs: 0 };
const ACK_WAIT_MS = 600;

let surroundings: Surroundings;
let manager: JetStreamManager;
let orchestrator: Messaging;
let tickets: PullSource;

beforeAll(async () => {
  surroundings = await Surroundings.start();
  const url = surroundings.nats.urlFor('migrate');
  const consumers = [{ ...RUN_TICKETS, ackWaitMs: ACK_WAIT_MS }];
  await declareStreams({ url, logger: SILENT, streams: STREAMS, consumers });
  manager = await surroundings.streams();
  orchestrator = await surroundings.join('orchestrator');
  tickets = orchestrator.pullTickets(RUN_TICKETS);
}, 120_000);

beforeEach(async () => {
  await manager.streams.purge(WORK_STREAM.name);
});

afterAll(() => surroundings.stop());

const publish = (...payloads: string[]): Promise<void> =>
  orchestrator.publishWork(
    payloads.map((payload) => ({ subject: RUN_TICKETS.filter, id: undefined, payload })),
  );

/** Pending and unacknowledged: what scales the service. */
async function lag(): Promise<number> {
  const { num_pending: pending, num_ack_pending: held } = await manager.consumers.info(
    RUN_TICKETS.stream,
    RUN_TICKETS.name,
  );
  return pending + held;
}

describe('tickets without waiting', () => {
  it('are none where there are none, at once', async () => {
    const startedMs = performance.now();
    expect(await tickets.fetch(10, AT_ONCE)).toEqual([]);
    expect(performance.now() - startedMs).toBeLessThan(400);
  });

  it('are all that are there, at once, where more were asked for', async () => {
    await publish('a', 'b', 'c');
    const startedMs = performance.now();
    const found = await tickets.fetch(10, AT_ONCE);
    expect(found.map(({ payload }) => payload)).toEqual(['a', 'b', 'c']);
    expect(performance.now() - startedMs).toBeLessThan(400);
    for (const ticket of found) ticket.ack();
    await waitUntil(async () => (await lag()) === 0, { what: 'an empty queue' });
  });

  it('are no more than asked for', async () => {
    await publish('a', 'b', 'c');
    const first = await tickets.fetch(2, AT_ONCE);
    expect(first.map(({ payload }) => payload)).toEqual(['a', 'b']);
    const rest = await tickets.fetch(2, AT_ONCE);
    expect(rest.map(({ payload }) => payload)).toEqual(['c']);
  });
});

describe('a ticket that is waited for', () => {
  it('comes when it is published', async () => {
    const waiting = tickets.fetch(1, { waitMs: 5_000 });
    await publish('late');
    expect((await waiting).map(({ payload }) => payload)).toEqual(['late']);
  });

  it('is none when the wait is over', async () => {
    expect(await tickets.fetch(1, { waitMs: 100 })).toEqual([]);
  });

  it('does not lie with whoever stopped waiting', async () => {
    const stopped = new AbortController();
    const waiting = tickets.fetch(1, { waitMs: 5_000, signal: stopped.signal });
    await orchestrator.roundTripMs();
    const published = publish('not lost');
    stopped.abort();
    expect(await waiting).toEqual([]);
    await published;
    const other = (await surroundings.join('orchestrator')).pullTickets(RUN_TICKETS);
    const [ticket] = await other.fetch(1, { waitMs: ACK_WAIT_MS / 2 });
    expect(ticket?.payload).toBe('not lost');
    ticket?.ack();
  });
});

describe('a held ticket', () => {
  it('counts as work until it is acknowledged', async () => {
    await publish('a');
    const [ticket] = await tickets.fetch(1, AT_ONCE);
    expect(await lag()).toBe(1);
    ticket?.ack();
    await waitUntil(async () => (await lag()) === 0, { what: 'an empty queue' });
  });

  it('stays with its holder as long as that says it is working', async () => {
    await publish('a');
    const [ticket] = await tickets.fetch(1, AT_ONCE);
    const working = setInterval(() => ticket?.working(), ACK_WAIT_MS / 4);
    const others = await tickets.fetch(1, { waitMs: ACK_WAIT_MS * 2 });
    clearInterval(working);
    expect(others).toEqual([]);
    ticket?.ack();
  });

  it('goes to another when its holder says nothing any more', async () => {
    await publish('a');
    const [first] = await tickets.fetch(1, AT_ONCE);
    expect(first?.deliveries).toBe(1);
    const [second] = await tickets.fetch(1, { waitMs: ACK_WAIT_MS * 4 });
    expect(second).toMatchObject({ payload: 'a', deliveries: 2 });
  });

  it('goes to another at once when it is handed back', async () => {
    await publish('a');
    const [first] = await tickets.fetch(1, AT_ONCE);
    first?.nak();
    const [second] = await tickets.fetch(1, { waitMs: ACK_WAIT_MS / 2 });
    expect(second).toMatchObject({ payload: 'a', deliveries: 2 });
  });
});

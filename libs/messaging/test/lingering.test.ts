import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EVENTS_STREAM, STREAMS, succeed, type ConsumerDefinition } from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import { z } from 'zod';
import {
  declareStreams,
  type ConsumeOptions,
  type DeliveryContext,
  type DurableConsumer,
  type Messaging,
} from '../src/index.ts';
import { SILENT, Surroundings } from './surroundings.ts';

const schema = z.object({ n: z.int() });
const READER: ConsumerDefinition = {
  name: 'reader',
  stream: EVENTS_STREAM.name,
  service: 'orchestrator',
  filter: 'aos.events.v1.acme._.run.1.>',
  ackWaitMs: 30_000,
  maxAckPending: 100,
  maxDeliver: 3,
};

let surroundings: Surroundings;
let operator: Messaging;
let consumer: DurableConsumer<typeof schema> | undefined;

beforeEach(async () => {
  surroundings = await Surroundings.start();
  operator = await surroundings.join('operator');
  const url = surroundings.nats.urlFor('migrate');
  await declareStreams({ url, logger: SILENT, streams: STREAMS, consumers: [READER] });
}, 120_000);

afterEach(async () => {
  await consumer?.drain();
  await surroundings.stop();
});

function consume(handle: ConsumeOptions<typeof schema>['handle'], lingerMs: number): void {
  consumer = operator.consume(READER, { schema, handle, concurrency: 10, lingerMs });
}

function publish(...numbers: number[]): Promise<void> {
  const subject = READER.filter.replace('>', 'run.started');
  return operator.publishEvents(numbers.map((n) => ({ subject, id: `id-${n}`, payload: `{"n":${n}}` })));
}

async function standing(): Promise<{ held: number; unsettled: number }> {
  const { consumers } = await surroundings.streams();
  const { num_pending: pending, num_ack_pending: held } = await consumers.info(READER.stream, READER.name);
  return { held, unsettled: pending + held };
}

describe('a durable consumer that lingers', () => {
  it('begins with everything at once that came meanwhile', async () => {
    const batches: number[][] = [];
    let batch: number[] = [];
    const gathering = async (_: DeliveryContext, { n }: { n: number }) => {
      if (batch.length === 0) setImmediate(() => batches.push(batch.splice(0)));
      batch.push(n);
      return succeed(undefined);
    };
    consume(gathering, 400);
    await publish(1);
    await waitUntil(async () => (await standing()).held === 1, { what: 'the first is held' });
    await publish(2, 3);
    await waitUntil(async () => (await standing()).unsettled === 0, { what: 'everything is settled' });
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('handles what it has when it is drained', async () => {
    const seen: number[] = [];
    const counting = async (_: DeliveryContext, { n }: { n: number }) => succeed(seen.push(n));
    consume(counting, 60_000);
    await publish(1);
    await waitUntil(async () => (await standing()).held === 1, { what: 'the first is held' });
    await consumer?.drain();
    await waitUntil(async () => (await standing()).unsettled === 0, { what: 'everything is settled' });
    expect(seen).toEqual([1]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startNats, waitUntil } from '@aos/testing';
import { FakePlatform } from './fake-platform.ts';
import { startRealtime, type RunningRealtime } from './realtime-app.ts';
import { StreamClient, refusal } from './stream-client.ts';

let nats: Awaited<ReturnType<typeof startNats>>;
let platform: FakePlatform;
let realtime: RunningRealtime;
const clients: StreamClient[] = [];

async function connect(): Promise<StreamClient> {
  const client = await StreamClient.open(realtime.url);
  clients.push(client);
  return client;
}

const range = (after: number, last: number) =>
  Array.from({ length: last - after }, (_, index) => after + 1 + index);

beforeEach(async () => {
  nats = await startNats();
  platform = await FakePlatform.start(nats);
  realtime = await startRealtime(nats.urlFor('realtime'), { WS_QUEUE_MAX: 10, WS_PING_SECONDS: 1 });
}, 120_000);

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await realtime.close();
  await platform.stop();
  await nats.stop();
}, 30_000);

describe('a reader that does not read', () => {
  it('gets a gap instead of unbounded memory, and catches up from its cursor', async () => {
    const runId = platform.newRun();
    await platform.append(runId, 1);
    const client = await connect();
    client.subscribe(runId, '0');
    await client.received('event');

    client.socket.pause();
    const bytes = 30_000;
    const total = 801;
    for (let count = 1; count < total; count += 50) await platform.append(runId, 50, { bytes });
    await waitUntil(async () => (await realtime.metric('ws_backpressure_drops')) > 0, { what: 'drops' });
    client.socket.resume();

    await waitUntil(() => client.seqs(runId).includes(total), {
      timeoutMs: 40_000,
      what: 'the newest event',
    });
    const gaps = client.of('gap');
    const dropped = gaps.reduce((sum, gap) => sum + gap.dropped, 0);
    expect(client.seqs(runId).length + dropped).toBe(total);
    expect(await realtime.metric('ws_backpressure_drops')).toBe(dropped);
    const [first] = gaps;
    if (first === undefined) throw new Error('no gap');
    const before = client.seqs(runId).filter((seq) => seq <= Number(first.cursor));
    expect(before).toEqual(range(0, Number(first.cursor)));

    const received = client.frames.length;
    client.subscribe(runId, first.cursor);
    const wanted = range(Number(first.cursor), total);
    const caughtUp = () =>
      client.frames.slice(received).flatMap((frame) => (frame.op === 'event' ? [Number(frame.cursor)] : []));
    await waitUntil(() => caughtUp().length >= wanted.length, { what: 'what was dropped' });
    expect(caughtUp()).toEqual(wanted);
  }, 60_000);

  it('is given history as fast as it takes it: nothing is dropped, nothing read ahead', async () => {
    const runId = platform.newRun();
    const total = 1_200;
    await platform.append(runId, total, { bytes: 30_000, isLost: true });
    const client = await connect();
    client.socket.pause();
    client.subscribe(runId, '0');
    let known = 0;
    const stands = () => {
      const isStill = platform.reads > 0 && platform.reads === known;
      known = platform.reads;
      return isStill;
    };
    await waitUntil(stands, { what: 'the journal is not read on' });
    client.socket.resume();
    await waitUntil(() => client.seqs(runId).includes(total), { timeoutMs: 30_000, what: 'the last event' });
    expect(client.seqs(runId)).toEqual(range(0, total));
    expect(client.of('gap')).toEqual([]);
    expect(known).toBeLessThan(platform.reads);
  }, 60_000);

  it('is cut off when it gives no sign of life', async () => {
    const client = await connect();
    const dead = await StreamClient.open(realtime.url);
    dead.socket.pause();
    await waitUntil(async () => (await realtime.metric('ws_active_connections')) === 1, { what: 'one left' });
    client.send({ op: 'ping' });
    await client.received('pong');
    dead.close();
  }, 30_000);
});

describe('a loss of NATS', () => {
  it('loses and repeats nothing, though it is killed in the middle of a run', async () => {
    const runId = platform.newRun();
    await platform.append(runId, 20);
    const watchers = await Promise.all(
      ['0', '20'].map(async (after) => ({ after, client: await connect() })),
    );
    for (const { after, client } of watchers) client.subscribe(runId, after);
    await watchers[0]?.client.received('event', 20);

    const publishing = (async () => {
      for (let round = 0; round < 60; round += 1) await platform.append(runId, 5);
    })();
    await watchers[1]?.client.received('event', 30);
    await nats.kill();
    await platform.append(runId, 7, { isLost: true });
    await nats.restart();
    await publishing;
    for (const { after, client } of watchers) {
      await waitUntil(() => client.seqs(runId).includes(327), { timeoutMs: 30_000, what: 'the last event' });
      expect(client.seqs(runId)).toEqual(range(Number(after), 327));
      expect(client.closedWith).toBeUndefined();
    }
  }, 90_000);

  it('brings what was committed meanwhile even if it is never published', async () => {
    const runId = platform.newRun();
    await platform.append(runId, 2);
    const client = await connect();
    client.subscribe(runId, '0');
    await client.received('event', 2);
    await nats.kill();
    await platform.append(runId, 3, { isLost: true });
    await nats.restart();
    await waitUntil(() => client.seqs(runId).length >= 5, { timeoutMs: 10_000, what: 'events 3 to 5' });
    expect(client.seqs(runId)).toEqual([1, 2, 3, 4, 5]);
  }, 90_000);

  it('refuses upgrades with 503 while credentials cannot be checked, and never lets them in', async () => {
    await platform.stopGateway();
    const problem = await refusal(`${realtime.url}/v1/stream`, { 'x-aos-key': 'key-acme' });
    expect(problem).toMatchObject({ status: 503, code: 'unavailable', retryable: true });
  });
});

describe('a live event that cannot be read', () => {
  it.each(['no JSON', '{}', '{"type":"step.finished","runseq":0}'])(
    '(%s) is left out, and the run is seen on',
    async (payload) => {
      const runId = platform.newRun();
      await platform.append(runId, 1);
      const client = await connect();
      client.subscribe(runId, '0');
      await client.received('event');
      await platform.publishRubbish(runId, payload);
      await platform.append(runId, 2);
      await client.received('event', 3);
      expect(client.seqs(runId)).toEqual([1, 2, 3]);
    },
  );
});

describe('a stop', () => {
  it('asks clients to connect again and finishes', async () => {
    const runId = platform.newRun();
    await platform.append(runId, 1);
    const client = await connect();
    client.subscribe(runId, '0');
    await client.received('event');
    await realtime.close();
    expect(await client.closed()).toBe(1012);
  });
});

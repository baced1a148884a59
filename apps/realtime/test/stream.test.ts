import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startNats, waitUntil } from '@aos/testing';
import { FakePlatform } from './fake-platform.ts';
import { startRealtime, type RunningRealtime } from './realtime-app.ts';
import { StreamClient, refusal } from './stream-client.ts';

let nats: Awaited<ReturnType<typeof startNats>>;
let platform: FakePlatform;
let realtime: RunningRealtime;
const clients: StreamClient[] = [];

async function connect(key?: string): Promise<StreamClient> {
  const client = await StreamClient.open(realtime.url, key);
  clients.push(client);
  return client;
}

const range = (after: number, last: number) =>
  Array.from({ length: last - after }, (_, index) => after + 1 + index);

beforeAll(async () => {
  nats = await startNats();
  platform = await FakePlatform.start(nats);
  realtime = await startRealtime(nats.urlFor('realtime'), { WS_TOPICS_MAX: 3 });
}, 120_000);

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(async () => {
  await realtime.close();
  await platform.stop();
  await nats.stop();
});

describe('catch-up', () => {
  it('gives every watcher each event once and in order while more are published', async () => {
    const runId = platform.newRun();
    await platform.append(runId, 250);
    const publishing = (async () => {
      for (let round = 0; round < 70; round += 1) await platform.append(runId, 5);
      await platform.append(runId, 1, { type: 'run.finished' });
    })();
    const watchers = [];
    for (const after of [0, 1, 120, 249, 250, 0, 17, 200]) {
      const client = await connect();
      client.subscribe(runId, String(after));
      watchers.push({ after, client });
    }
    await publishing;
    for (const { after, client } of watchers) {
      await waitUntil(() => client.seqs(runId).includes(601), { what: `the last event after ${after}` });
      expect(client.seqs(runId)).toEqual(range(after, 601));
      expect(client.of('subscribed')).toEqual([
        { op: 'subscribed', topic: `run:${runId}`, cursor: String(after) },
      ]);
    }
  }, 60_000);

  it('without a cursor starts with what happens next, and says where that is', async () => {
    const runId = platform.newRun();
    await platform.append(runId, 130);
    const client = await connect();
    client.subscribe(runId);
    expect(await client.received('subscribed')).toEqual([
      { op: 'subscribed', topic: `run:${runId}`, cursor: '130' },
    ]);
    await platform.append(runId, 2);
    await client.received('event', 2);
    expect(client.seqs(runId)).toEqual([131, 132]);
  });

  it('fills from the journal what was never sent live', async () => {
    const runId = platform.newRun();
    await platform.append(runId, 3);
    const client = await connect();
    client.subscribe(runId, '3');
    await client.received('subscribed');
    await platform.append(runId, 4, { isLost: true });
    await platform.append(runId, 1);
    await client.received('event', 5);
    expect(client.seqs(runId)).toEqual([4, 5, 6, 7, 8]);
  });

  it('reads histories that are too large for one message', async () => {
    const runId = platform.newRun();
    await platform.append(runId, 60, { bytes: 30_000, isLost: true });
    const client = await connect();
    client.subscribe(runId, '0');
    await client.received('event', 60);
    expect(client.seqs(runId)).toEqual(range(0, 60));
  });

  it('starts again from the new cursor when a topic is subscribed to once more', async () => {
    const runId = platform.newRun();
    await platform.append(runId, 5);
    const client = await connect();
    client.subscribe(runId, '0');
    await client.received('event', 5);
    client.subscribe(runId, '3');
    await client.received('event', 7);
    await platform.append(runId, 1);
    await client.received('event', 8);
    expect(client.seqs(runId)).toEqual([1, 2, 3, 4, 5, 4, 5, 6]);
  });

  it('sends nothing more after unsubscribe', async () => {
    const [watched, left] = [platform.newRun(), platform.newRun()];
    await platform.append(watched, 1);
    await platform.append(left, 1);
    const client = await connect();
    client.subscribe(watched, '0');
    client.subscribe(left, '0');
    await client.received('event', 2);
    client.send({ op: 'unsubscribe', topic: `run:${left}` });
    await client.received('unsubscribed');
    await platform.append(left, 1);
    await platform.append(watched, 1);
    await client.received('event', 3);
    expect(client.seqs(left)).toEqual([1]);
    expect(client.seqs(watched)).toEqual([1, 2]);
  });
});

describe('who may watch what', () => {
  it("answers not_found for another tenant's run, as for one that does not exist", async () => {
    const runId = platform.newRun('acme');
    await platform.append(runId, 1);
    const client = await connect('key-globex');
    client.subscribe(runId, '0');
    client.subscribe('019a2f6e-7c1b-7d11-8a52-0242ac120002', '0');
    const errors = await client.received('error', 2);
    expect(errors.map(({ code }) => code)).toEqual(['not_found', 'not_found']);
    expect(client.of('event')).toEqual([]);
  });

  it.each([
    [{ 'x-aos-key': 'wrong' }, '/v1/stream', 401, 'unauthenticated'],
    [{}, '/v1/stream', 401, 'unauthenticated'],
    [{}, '/v1/stream?access_token=key-acme', 401, 'unauthenticated'],
    [{ 'x-aos-key': 'key-acme', 'x-tenant-id': 'globex' }, '/v1/stream', 403, 'tenant_forbidden'],
    [{ 'x-aos-key': 'key-acme' }, '/elsewhere', 404, 'not_found'],
  ])(
    'refuses an upgrade with %j at %s by %i',
    async (headers: Record<string, string>, path, status, code) => {
      const problem = await refusal(`${realtime.url}${path}`, { ...headers, 'x-request-id': 'asked-1' });
      expect(problem).toMatchObject({ status, code, request_id: 'asked-1', title: expect.any(String) });
    },
  );

  it('takes a bearer token and a tenant that the key may use', async () => {
    const headers = { authorization: 'Bearer key-acme', 'x-tenant-id': 'acme' };
    const { WebSocket } = await import('ws');
    const socket = new WebSocket(`${realtime.url}/v1/stream`, { headers });
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    socket.terminate();
  });

  it('ends the connections of a key that is revoked', async () => {
    const revoked = await connect('key-acme');
    const other = await connect('key-globex');
    await platform.revoke('key-acme');
    expect(await revoked.closed()).toBe(1008);
    expect(other.closedWith).toBeUndefined();
  });

  it('tells who opens the stream without a WebSocket what it is', async () => {
    const response = await fetch(`${realtime.httpUrl}/v1/stream`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid_request',
      detail: expect.stringMatching(/ws:/),
    });
  });
});

describe('frames', () => {
  it.each([
    ['nonsense', 'not JSON'],
    [{ op: 'publish' }, 'subscribe, unsubscribe, ping'],
    [{ op: 'ping', extra: 1 }, '/extra: unknown field'],
    [{ op: 'subscribe', topic: 'tenant' }, 'run:<run id>'],
    [{ op: 'subscribe', topic: 'run:x' }, 'run:<run id>'],
    [{ op: 'subscribe', topic: `run:019a2f6e-7c1b-7d11-8a52-0242ac120002`, after: 'x' }, 'after: '],
    [Buffer.from([1, 2, 3]), 'binary'],
    ['"'.padEnd(5000, 'x'), '4096 bytes'],
  ])('answers %j with an error that says what is wrong, and stays open', async (frame, message) => {
    const client = await connect();
    client.send(frame);
    client.send({ op: 'ping' });
    await client.received('pong');
    expect(client.of('error')).toMatchObject([{ message: expect.stringContaining(message) }]);
  });

  it('closes a connection that goes on sending nonsense', async () => {
    const client = await connect();
    for (let count = 0; count < 20; count += 1) client.send('nonsense');
    expect(await client.closed()).toBe(1008);
  });

  it('closes on a frame of a size nobody needs', async () => {
    const client = await connect();
    client.send('x'.repeat(100_000));
    expect(await client.closed()).toBe(1009);
  });

  it('refuses topics beyond the limit of a connection', async () => {
    const client = await connect();
    const runs = [1, 2, 3, 4].map(() => platform.newRun());
    for (const runId of runs) {
      await platform.append(runId, 1);
      client.subscribe(runId, '0');
    }
    expect(await client.received('error')).toMatchObject([{ message: expect.stringContaining('3 topics') }]);
    await client.received('event', 3);
    expect(client.seqs(runs[3] ?? '')).toEqual([]);
  });

  it('counts open connections', async () => {
    await waitUntil(async () => (await realtime.metric('ws_active_connections')) === 0, {
      what: 'none left',
    });
    await connect();
    await connect();
    expect(await realtime.metric('ws_active_connections')).toBe(2);
  });
});

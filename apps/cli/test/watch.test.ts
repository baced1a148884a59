import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientFrame, errorOf, problemOf, type CloudEvent } from '@aos/contracts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startHttpReceiver, type HttpReceiver } from '@aos/testing';
import { WebSocketServer, type WebSocket } from 'ws';
import { aos } from './aos.ts';
import { AGENT_ID, RUN_ID, SUBMITTED, eventOf, finishedEvent } from './samples.ts';

/** What the n-th connection does with its n-th subscription; `after` is the cursor asked for. */
type Script = (socket: WebSocket, after: number, subscriptions: number) => void;

let api: HttpReceiver;
let stream: Server;
let env: Record<string, string>;
let script: Script;
let asked: number[];
let page: { status: number; body: unknown };

const ARGS = ['run', '--agent-id', AGENT_ID, '--goal', 'tell me the price', '--watch'];
const topic = `run:${RUN_ID}`;

function send(socket: WebSocket, ...events: CloudEvent[]): void {
  for (const event of events) {
    socket.send(JSON.stringify({ op: 'event', topic, cursor: String(event.runseq), event }));
  }
}

function subscribed(socket: WebSocket, after: number): void {
  socket.send(JSON.stringify({ op: 'subscribed', topic, cursor: String(after) }));
}

const seqsOf = (out: string) =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).runseq);

beforeEach(async () => {
  asked = [];
  page = { status: 200, body: { data: [], next_cursor: null } };
  api = await startHttpReceiver();
  api.respondWith(({ path }) => {
    const isSubmit = path.endsWith('/goals');
    const { status, body } = isSubmit ? { status: 202, body: SUBMITTED } : page;
    return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  });
  stream = createServer();
  new WebSocketServer({ server: stream, path: '/v1/stream' }).on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const frame = clientFrame.parse(JSON.parse(data.toString()));
      if (frame.op !== 'subscribe') return;
      asked.push(Number(frame.after));
      script(socket, Number(frame.after), asked.length);
    });
  });
  stream.listen(0, '127.0.0.1');
  await once(stream, 'listening');
  const { port } = stream.address() as AddressInfo;
  env = { AOS_URL: api.url, AOS_API_KEY: 'the-key', AOS_REALTIME_URL: `http://127.0.0.1:${port}` };
});

afterEach(async () => {
  stream.closeAllConnections();
  stream.close();
  await api.close();
});

describe('run --watch', () => {
  it('goes on from its last cursor when the stream drops, each event once', async () => {
    script = (socket, after, subscriptions) => {
      subscribed(socket, after);
      if (subscriptions === 1) {
        send(socket, eventOf(1), eventOf(2));
        socket.close(1012);
      } else {
        send(socket, eventOf(2), eventOf(3), finishedEvent(4, 'succeeded'));
      }
    };
    const { exitCode, out } = await aos([...ARGS, '--json'], env);
    expect(exitCode).toBe(0);
    expect(seqsOf(out)).toEqual([1, 2, 3, 4]);
    expect(asked).toEqual([0, 2]);
  });

  it('asks again for what a gap says was dropped', async () => {
    script = (socket, after, subscriptions) => {
      subscribed(socket, after);
      if (subscriptions === 1) {
        send(socket, eventOf(1));
        socket.send(JSON.stringify({ op: 'gap', topic, dropped: 2, cursor: '1' }));
        send(socket, eventOf(4));
      } else {
        send(socket, eventOf(2), eventOf(3), eventOf(4), finishedEvent(5, 'succeeded'));
      }
    };
    const { out } = await aos([...ARGS, '--json'], env);
    expect(seqsOf(out)).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual([0, 1]);
  });

  it('reads the events over HTTP while the stream cannot be reached', async () => {
    stream.close();
    page.body = { data: [eventOf(1), finishedEvent(2, 'succeeded')], next_cursor: null };
    const { exitCode, out } = await aos([...ARGS, '--json'], env);
    expect(exitCode).toBe(0);
    expect(seqsOf(out)).toEqual([1, 2]);
    expect(api.requests.at(-1)?.path).toBe(`/api/v1/runs/${RUN_ID}/events?after=0`);
  });

  it('goes on after the stream refuses a subscription', async () => {
    script = (socket, after, subscriptions) => {
      if (subscriptions === 1) {
        socket.send(JSON.stringify({ op: 'error', code: 'unavailable', message: 'not now', topic }));
        return;
      }
      subscribed(socket, after);
      send(socket, eventOf(1), finishedEvent(2, 'succeeded'));
    };
    expect(await aos(ARGS, env)).toMatchObject({ exitCode: 0 });
  });

  it('ends with 1 when the run did not succeed', async () => {
    script = (socket, after) => {
      subscribed(socket, after);
      send(socket, finishedEvent(1, 'failed'));
    };
    const { exitCode, out } = await aos(ARGS, env);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/run\.finished +failed, 0 cents/);
  });

  it('ends with 3 when neither way lets it in', async () => {
    stream.close();
    const problem = problemOf(errorOf('unauthenticated', 'the key was revoked'));
    page = { status: problem.status, body: problem };
    const { exitCode, err } = await aos(ARGS, env);
    expect(exitCode).toBe(3);
    expect(err).toContain('No valid credential');
  });
});

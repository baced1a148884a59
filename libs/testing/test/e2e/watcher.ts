import { once } from 'node:events';
import { serverFrame, type CloudEvent, type ServerFrame } from '@aos/contracts';
import { waitUntil, type TestStack } from '@aos/testing';
import { WebSocket } from 'ws';

/** A WebSocket that keeps the frames it receives. */
export class Watcher {
  readonly frames: ServerFrame[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.frames.push(serverFrame.parse(JSON.parse(data.toString()))));
  }

  static async open({ realtimeUrl }: TestStack, key: string): Promise<Watcher> {
    const socket = new WebSocket(`${realtimeUrl}/v1/stream`, { headers: { 'x-aos-key': key } });
    const watcher = new Watcher(socket);
    await once(socket, 'open');
    return watcher;
  }

  /** From the first event on; resolves with the server's answer. */
  async subscribe(runId: string): Promise<ServerFrame> {
    const topic = topicOf(runId);
    this.#send({ op: 'subscribe', topic, after: '0' });
    const answer = (frame: ServerFrame) =>
      (frame.op === 'subscribed' || frame.op === 'error') && frame.topic === topic;
    return waitUntil(() => this.frames.find(answer), { what: `an answer to subscribe ${topic}` });
  }

  eventsOf(runId: string): CloudEvent[] {
    return this.frames.flatMap((frame) =>
      frame.op === 'event' && frame.topic === topicOf(runId) ? [frame.event] : [],
    );
  }

  /** All events of a run, once its end has come and nothing more was under way. */
  async whole(runId: string, timeoutMs = 15_000): Promise<CloudEvent[]> {
    const hasEnd = () => this.eventsOf(runId).some(({ type }) => type === 'run.finished');
    await waitUntil(hasEnd, { what: `run.finished of ${runId} at the watcher`, timeoutMs });
    await this.#settled();
    return this.eventsOf(runId);
  }

  close(): void {
    this.#socket.terminate();
  }

  /** What was sent before the answer to a ping has arrived with it. */
  async #settled(): Promise<void> {
    const pongs = () => this.frames.filter(({ op }) => op === 'pong').length;
    const before = pongs();
    this.#send({ op: 'ping' });
    await waitUntil(() => pongs() > before, { what: 'a pong' });
  }

  #send(frame: unknown): void {
    this.#socket.send(JSON.stringify(frame));
  }
}

const topicOf = (runId: string) => `run:${runId}`;

import { once } from 'node:events';
import { serverFrame, type CloudEvent, type ServerFrame } from '@aos/contracts';
import { waitUntil, type TestStack } from '@aos/testing';
import { WebSocket } from 'ws';

const ASK_AGAIN_MS = 100;
/** What a subscription may be refused with while the servers are away. */
const PASSING: readonly string[] = ['unavailable', 'deadline_exceeded'];

interface Followed {
  events: CloudEvent[];
  /** Of the last event; `0`: before the first. */
  cursor: string;
}

/** A WebSocket that lives through outages: what is refused for the moment it asks for again. */
export class Follower {
  /** Frames that no outage excuses, and the close of the connection. */
  readonly faults: string[] = [];
  readonly #runs = new Map<string, Followed>();
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#onFrame(serverFrame.parse(JSON.parse(data.toString()))));
    socket.on('close', (code) => this.faults.push(`closed with ${code}`));
  }

  static async open({ realtimeUrl }: TestStack, key: string): Promise<Follower> {
    const socket = new WebSocket(`${realtimeUrl}/v1/stream`, { headers: { 'x-aos-key': key } });
    const follower = new Follower(socket);
    await once(socket, 'open');
    return follower;
  }

  /** From the run's first event on. */
  follow(runId: string): void {
    this.#runs.set(topicOf(runId), { events: [], cursor: '0' });
    this.#subscribe(topicOf(runId));
  }

  /** What came of a run, as it came, once its end has come. */
  async whole(runId: string): Promise<CloudEvent[]> {
    const { events } = this.#followed(topicOf(runId));
    await waitUntil(() => events.some(({ type }) => type === 'run.finished'), {
      what: `run.finished of ${runId} at the follower`,
    });
    return events;
  }

  close(): void {
    this.#socket.removeAllListeners('close').terminate();
  }

  #onFrame(frame: ServerFrame): void {
    if (frame.op === 'event') {
      const followed = this.#followed(frame.topic);
      followed.events.push(frame.event);
      followed.cursor = frame.cursor;
      return;
    }
    const topic = frame.op === 'error' && PASSING.includes(frame.code) ? frame.topic : undefined;
    if (topic !== undefined) setTimeout(() => this.#subscribe(topic), ASK_AGAIN_MS);
    else if (frame.op !== 'subscribed') this.faults.push(JSON.stringify(frame));
  }

  #subscribe(topic: string): void {
    this.#socket.send(JSON.stringify({ op: 'subscribe', topic, after: this.#followed(topic).cursor }));
  }

  #followed(topic: string): Followed {
    const followed = this.#runs.get(topic);
    if (followed === undefined) throw new Error(`${topic} is not followed`);
    return followed;
  }
}

const topicOf = (runId: string) => `run:${runId}`;

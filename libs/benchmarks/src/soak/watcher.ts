import { serverFrame, type ServerFrame, type StackFile } from '@aos/contracts';
import { WebSocket } from 'ws';

const ASK_AGAIN_MS = 200;
/** How long a run is watched after its end, for what might come twice. */
const LINGER_MS = 3_000;

/** A WebSocket client as it should be: connects again, catches up from where it was, asks again when refused for now. */
export class Watcher {
  /** The places of the events that came, by run. */
  readonly seqs = new Map<string, number[]>();
  readonly ended = new Set<string>();
  reconnects = 0;
  gaps = 0;
  readonly #stack: StackFile;
  readonly #open = new Set<string>();
  #socket: WebSocket;
  #isClosed = false;

  constructor(stack: StackFile) {
    this.#stack = stack;
    this.#socket = this.#connect();
  }

  /** From the run's first event on. */
  follow(runId: string): void {
    this.seqs.set(runId, []);
    this.#open.add(runId);
    this.#subscribe(runId);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.close();
  }

  #connect(): WebSocket {
    const { realtime_url, api_key } = this.#stack;
    const socket = new WebSocket(`${realtime_url}/v1/stream`, { headers: { 'x-aos-key': api_key } });
    socket.on('open', () => this.#open.forEach((runId) => this.#subscribe(runId)));
    socket.on('message', (data: Buffer) => this.#onFrame(serverFrame.parse(JSON.parse(data.toString()))));
    socket.on('close', () => this.#onClose());
    // A close follows.
    socket.on('error', () => undefined);
    return socket;
  }

  #onClose(): void {
    if (this.#isClosed) return;
    this.reconnects += 1;
    setTimeout(() => (this.#socket = this.#connect()), ASK_AGAIN_MS);
  }

  #onFrame(frame: ServerFrame): void {
    if (frame.op === 'event') return this.#onEvent(frame);
    if (frame.op === 'gap') {
      this.gaps += 1;
      this.#subscribe(runIdOf(frame.topic));
    }
    if (frame.op === 'error' && frame.topic !== undefined) {
      const runId = runIdOf(frame.topic);
      setTimeout(() => this.#subscribe(runId), ASK_AGAIN_MS);
    }
  }

  #onEvent({ topic, cursor, event }: Extract<ServerFrame, { op: 'event' }>): void {
    const runId = runIdOf(topic);
    this.seqs.get(runId)?.push(Number(cursor));
    if (event.type !== 'run.finished') return;
    this.ended.add(runId);
    setTimeout(() => {
      this.#open.delete(runId);
      this.#send({ op: 'unsubscribe', topic });
    }, LINGER_MS);
  }

  #subscribe(runId: string): void {
    if (!this.#open.has(runId)) return;
    const after = String(this.seqs.get(runId)?.at(-1) ?? 0);
    this.#send({ op: 'subscribe', topic: `run:${runId}`, after });
  }

  /** What cannot be sent now is asked for with the next connection. */
  #send(frame: unknown): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}

const runIdOf = (topic: string) => topic.slice('run:'.length);

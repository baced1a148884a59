import { errorOf, type ClientFrame, type ErrorSpec } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import { WebSocket, type RawData } from 'ws';
import type { Recipient, Watcher } from '../application/ports.ts';
import { watchRun, type WatchRunSources } from '../application/watch-run.ts';
import { FrameAllowance } from '../domain/frame-allowance.ts';
import type { RunEvent } from '../domain/run-event.ts';
import { parseCursor, parseTopic } from '../domain/topic.ts';
import { parseClientFrame } from './client-frame.ts';
import { FrameSender } from './frame-sender.ts';
import type { StreamMetrics } from './stream-metrics.ts';

export interface ConnectionOptions {
  watcher: Watcher;
  queueMax: number;
  topicsMax: number;
  metrics: StreamMetrics;
  /** Carries tenant and request id. */
  logger: Logger;
}

/** RFC 6455: the peer does what it may not. */
const POLICY_VIOLATION = 1008;

/** One WebSocket: reads the client's frames, keeps its subscriptions, sends what they bring. */
export class StreamConnection implements Recipient {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #sources: WatchRunSources;
  readonly #sender: FrameSender;
  readonly #allowance: FrameAllowance;
  readonly #subscriptions = new Map<string, AbortController>();
  #isAlive = true;

  constructor(socket: WebSocket, options: ConnectionOptions, sources: WatchRunSources) {
    this.#socket = socket;
    this.#options = options;
    this.#sources = sources;
    this.#sender = new FrameSender(socket, options.queueMax, options.metrics);
    this.#allowance = new FrameAllowance(100 + 2 * options.topicsMax, Date.now());
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    socket.on('pong', () => this.#sawLife());
    socket.on('close', () => this.#dropAll());
    socket.on('error', (error) => options.logger.debug({ err: error }, 'socket error'));
  }

  get keyId(): string {
    return this.#options.watcher.keyId;
  }

  /** To be called at each ping interval: a peer that gave no sign of life since the last call is cut off. */
  ping(): void {
    if (!this.#isAlive && !this.#sender.takeProgress()) {
      this.#socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.#socket.ping();
  }

  close(code: number, reason: string): void {
    this.#dropAll();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  subscribed(topic: string, afterSeq: number): void {
    this.#sender.answer({ op: 'subscribed', topic, cursor: String(afterSeq) });
  }

  deliver(event: RunEvent): void {
    this.#sender.event(event);
  }

  get hasRoom(): boolean {
    return this.#sender.hasRoom;
  }

  room(signal: AbortSignal): Promise<void> {
    return this.#sender.room(signal);
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#sawLife();
    const frame = parseClientFrame(data, isBinary);
    if (!frame.ok) this.#error(frame.error);
    else this.#handle(frame.value);
    const isAllowed = this.#allowance.spend(frame.ok ? 'good' : 'bad', Date.now());
    if (!isAllowed) this.close(POLICY_VIOLATION, 'too many frames or too many bad ones');
    // Whoever asks and does not read the answers.
    else if (this.#sender.queued > 2 * this.#options.queueMax) this.#socket.terminate();
  }

  #handle(frame: ClientFrame): void {
    switch (frame.op) {
      case 'ping':
        this.#sender.answer({ op: 'pong' });
        break;
      case 'subscribe':
        void this.#subscribe(frame.topic, frame.after);
        break;
      case 'unsubscribe':
        this.#unsubscribe(frame.topic);
        break;
    }
  }

  /** A repeated subscription starts again from its new cursor: this is how a client catches up after a gap. */
  async #subscribe(topic: string, cursor: string | undefined): Promise<void> {
    const run = parseTopic(topic);
    if (!run.ok) return this.#error(run.error, topic);
    const after = parseCursor(cursor);
    if (!after.ok) return this.#error(after.error, topic);
    const { runId } = run.value;
    const name = `run:${runId}`;
    this.#drop(name);
    if (this.#subscriptions.size >= this.#options.topicsMax) return this.#error(this.#tooMany(), name);

    const stop = new AbortController();
    this.#subscriptions.set(name, stop);
    const place = { tenantId: this.#options.watcher.tenantId, runId };
    const request = { place, after: after.value, signal: stop.signal };
    const outcome = await watchRun(this.#sources, request, this);
    if (outcome.ok || stop.signal.aborted) return;
    this.#drop(name);
    this.#error(outcome.error, name);
  }

  #unsubscribe(topic: string): void {
    const run = parseTopic(topic);
    if (!run.ok) return this.#error(run.error, topic);
    const name = `run:${run.value.runId}`;
    this.#drop(name);
    this.#sender.answer({ op: 'unsubscribed', topic: name });
  }

  #tooMany(): ErrorSpec {
    return errorOf('invalid_request', `a connection has at most ${this.#options.topicsMax} topics`);
  }

  #error({ code, message }: ErrorSpec, topic?: string): void {
    this.#sender.answer({ op: 'error', code, message, ...(topic === undefined ? {} : { topic }) });
  }

  #drop(topic: string): void {
    const subscription = this.#subscriptions.get(topic);
    if (subscription === undefined) return;
    this.#subscriptions.delete(topic);
    subscription.abort();
    this.#sender.forget(topic);
  }

  #dropAll(): void {
    for (const topic of this.#subscriptions.keys()) this.#drop(topic);
  }

  #sawLife(): void {
    this.#isAlive = true;
  }
}

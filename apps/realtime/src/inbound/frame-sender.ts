import type { ServerFrame } from '@aos/contracts';
import { WebSocket } from 'ws';
import { OutboundQueue } from '../domain/outbound-queue.ts';
import type { RunEvent } from '../domain/run-event.ts';
import type { StreamMetrics } from './stream-metrics.ts';

/** Bytes given to a socket that it has not passed on; above this, frames wait in the queue. */
const BUFFERED_BYTES_MAX = 256 * 1024;

/** Sends frames as fast as the other side takes them; what waits is bounded. */
export class FrameSender {
  readonly #socket: WebSocket;
  readonly #metrics: StreamMetrics;
  readonly #queue: OutboundQueue;
  readonly #waiting = new Set<() => void>();
  #isBacklogged = false;
  #hasMoved = false;

  constructor(socket: WebSocket, queueMax: number, metrics: StreamMetrics) {
    this.#socket = socket;
    this.#metrics = metrics;
    this.#queue = new OutboundQueue(queueMax);
  }

  /** Frames that wait. */
  get queued(): number {
    return this.#queue.size;
  }

  get hasRoom(): boolean {
    return this.#queue.size === 0 && this.#socket.bufferedAmount < BUFFERED_BYTES_MAX;
  }

  /** Resolves when there may be room again, or when the signal aborts. */
  room(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  /** Whether the other side has taken bytes that it had kept waiting, since this was last asked. */
  takeProgress(): boolean {
    const hasMoved = this.#hasMoved;
    this.#hasMoved = false;
    return hasMoved;
  }

  answer(frame: ServerFrame): void {
    this.#queue.pushControl(Buffer.from(JSON.stringify(frame)));
    this.#pump();
  }

  event(event: RunEvent): void {
    const dropped = this.#queue.pushEvent(event);
    if (dropped > 0) this.#metrics.backpressureDrops.inc({ policy: 'drop_oldest' }, dropped);
    this.#pump();
  }

  forget(topic: string): void {
    this.#queue.forget(topic);
  }

  #pump(): void {
    while (this.#socket.readyState === WebSocket.OPEN && this.#socket.bufferedAmount < BUFFERED_BYTES_MAX) {
      const frame = this.#queue.next();
      if (frame === undefined) break;
      this.#socket.send(frame, { binary: false }, this.#onSent);
    }
    this.#isBacklogged = this.#socket.bufferedAmount > 0;
    if (!this.hasRoom) return;
    for (const wake of this.#waiting) wake();
  }

  readonly #onSent = (error?: Error | null): void => {
    if (error) {
      this.#metrics.sendErrors.inc();
      return;
    }
    this.#hasMoved ||= this.#isBacklogged;
    this.#pump();
  };
}

import type { ConsumerDefinition } from '@aos/contracts';
import { errors, nanos, type Msg, type NatsConnection } from '@nats-io/nats-core';
import { toDelivery, type Delivery } from './delivery.ts';
import type { Inbox } from './inbox.ts';
import type { Link } from './link.ts';

interface PullParts {
  connection: NatsConnection;
  inbox: Inbox;
  link: Link;
}

interface FetchOptions {
  waitMs: number;
  signal?: AbortSignal;
}

/** What the server still may say after a pull has ended. */
const GRACE_MS = 500;

/** Pulls from one durable consumer, which must have been declared. */
export class PullSource {
  readonly #parts: PullParts;
  readonly #subject: string;

  constructor(parts: PullParts, { stream, name }: ConsumerDefinition) {
    this.#parts = parts;
    this.#subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`;
  }

  /**
   * Up to `max` messages: what is there with `waitMs` 0, else the first within `waitMs`. Empty when there is none, when
   * the server cannot be reached, and after an abort; what is delivered after that is handed back at once.
   */
  fetch(max: number, { waitMs, signal }: FetchOptions): Promise<Delivery[]> {
    const { inbox, link } = this.#parts;
    if (!link.isUp || signal?.aborted === true) return Promise.resolve([]);
    // With a wait only one is asked for: more could come after the first has been taken.
    const batch = waitMs > 0 ? 1 : max;
    return new Promise((resolve) => {
      const found: Delivery[] = [];
      let isOver = false;
      const pull = inbox.open((message) => {
        if (isStatus(message)) return end();
        const delivery = toDelivery(message);
        if (isOver) return delivery.nak();
        found.push(delivery);
        if (found.length === batch) end();
      });
      const expired = setTimeout(() => end(), waitMs + GRACE_MS).unref();
      const stop = (): void => {
        isOver = true;
        signal?.removeEventListener('abort', stop);
        forget();
        resolve(found);
      };
      const forget = link.onLost(stop);
      const end = (): void => {
        clearTimeout(expired);
        pull.close();
        stop();
      };
      signal?.addEventListener('abort', stop, { once: true });
      if (!this.#ask(batch, waitMs, pull.subject)) end();
    });
  }

  /** False when the connection is closed. */
  #ask(batch: number, waitMs: number, reply: string): boolean {
    const request = waitMs > 0 ? { batch, expires: nanos(waitMs) } : { batch, no_wait: true };
    try {
      this.#parts.connection.publish(this.#subject, JSON.stringify(request), { reply });
      return true;
    } catch (error) {
      if (error instanceof errors.ClosedConnectionError) return false;
      throw error;
    }
  }
}

/** The end of a pull is an empty message with a status: 404 none, 408 expired, 409 gone, 503 nobody there. */
function isStatus(message: Msg): boolean {
  return (message.headers?.code ?? 0) >= 400 && message.data.length === 0;
}

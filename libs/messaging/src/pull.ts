import type { ConsumerDefinition } from '@aos/contracts';
import {
  createInbox,
  errors,
  nanos,
  type Msg,
  type NatsConnection,
  type Subscription,
} from '@nats-io/nats-core';
import { toDelivery, type Delivery } from './delivery.ts';
import type { Link } from './link.ts';

interface PullParts {
  connection: NatsConnection;
  /** Where this user may be answered. */
  inboxPrefix: string;
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
   * the server cannot be reached, and after an abort; what is on its way by then is handed back.
   */
  fetch(max: number, { waitMs, signal }: FetchOptions): Promise<Delivery[]> {
    const { link } = this.#parts;
    if (!link.isUp || signal?.aborted === true) return Promise.resolve([]);
    // With a wait only one is asked for: more could come after the first has been taken.
    const batch = waitMs > 0 ? 1 : max;
    return new Promise((resolve) => {
      const found: Delivery[] = [];
      let isOver = false;
      const finish = (leave: 'unsubscribe' | 'drain'): void => {
        if (isOver) return;
        isOver = true;
        clearTimeout(expired);
        signal?.removeEventListener('abort', stop);
        forget();
        if (replies?.isClosed() === false) void replies[leave]();
        resolve(found);
      };
      const end = (): void => finish('unsubscribe');
      // What is on its way still arrives, to be handed back.
      const stop = (): void => finish('drain');
      const expired = setTimeout(stop, waitMs + GRACE_MS).unref();
      const forget = link.onLost(stop);
      signal?.addEventListener('abort', stop, { once: true });
      const replies = this.#ask(batch, waitMs, (message) => {
        if (isStatus(message)) return end();
        const delivery = toDelivery(message);
        if (isOver) return delivery.nak();
        found.push(delivery);
        if (found.length === batch) end();
      });
      if (replies === undefined) end();
    });
  }

  /** A subscription for each pull: what is delivered bears the subject of the stream, not that of the pull. */
  #ask(batch: number, waitMs: number, onMessage: (message: Msg) => void): Subscription | undefined {
    const { connection, inboxPrefix } = this.#parts;
    const request = waitMs > 0 ? { batch, expires: nanos(waitMs) } : { batch, no_wait: true };
    const reply = createInbox(inboxPrefix);
    try {
      const callback = (error: Error | null, message: Msg): void => {
        if (error === null) onMessage(message);
      };
      const replies = connection.subscribe(reply, { callback });
      connection.publish(this.#subject, JSON.stringify(request), { reply });
      return replies;
    } catch (error) {
      if (error instanceof errors.ClosedConnectionError) return undefined;
      throw error;
    }
  }
}

/** The end of a pull is an empty message with a status: 404 none, 408 expired, 409 gone, 503 nobody there. */
function isStatus(message: Msg): boolean {
  return (message.headers?.code ?? 0) >= 400 && message.data.length === 0;
}

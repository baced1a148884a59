import type { ConsumerDefinition } from '@aos/contracts';
import { nanos, type Msg, type NatsConnection } from '@nats-io/nats-core';
import type { Inbox } from './inbox.ts';

/** A message of a work queue. Unanswered, it comes again after the consumer's ack wait. */
export interface Delivery {
  subject: string;
  payload: string;
  headers: Msg['headers'];
  /** From 1. */
  deliveries: number;
  ack(): void;
  nak(delayMs?: number): void;
  /** Still at it: starts the ack wait anew. */
  working(): void;
  /** Never to be delivered again. */
  term(reason: string): void;
}

/** What the server still may say after a pull has ended. */
const GRACE_MS = 500;

/** Pulls from one durable consumer, which must have been declared. */
export class PullSource {
  readonly #connection: NatsConnection;
  readonly #inbox: Inbox;
  readonly #subject: string;

  constructor(connection: NatsConnection, inbox: Inbox, { stream, name }: ConsumerDefinition) {
    this.#connection = connection;
    this.#inbox = inbox;
    this.#subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`;
  }

  /**
   * Up to `max` messages: what is there with `waitMs` 0, else whatever comes first within `waitMs`. Empty when there is
   * none, when the server cannot be reached, and after an abort; messages that come too late are delivered again.
   */
  fetch(max: number, { waitMs, signal }: { waitMs: number; signal?: AbortSignal }): Promise<Delivery[]> {
    return new Promise((resolve) => {
      const found: Delivery[] = [];
      const pull = this.#inbox.open((message) => {
        if (isStatus(message)) return finish();
        found.push(toDelivery(message));
        if (found.length === max || waitMs > 0) finish();
      });
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        pull.close();
        resolve(found);
      };
      const timer = setTimeout(finish, waitMs + GRACE_MS);
      signal?.addEventListener('abort', finish, { once: true });
      // With a wait only one is asked for: more could come after the first has been taken.
      const request = waitMs > 0 ? { batch: 1, expires: nanos(waitMs) } : { batch: max, no_wait: true };
      try {
        this.#connection.publish(this.#subject, JSON.stringify(request), { reply: pull.subject });
      } catch {
        finish(); // closed or draining
      }
    });
  }
}

/** The end of a pull is a message without subject of the stream: 404 none, 408 expired, 409 gone, 503 nobody there. */
function isStatus(message: Msg): boolean {
  return (message.headers?.code ?? 0) >= 400 && message.data.length === 0;
}

/** Acknowledgements are messages to the reply subject (NATS ADR-15). */
function toDelivery(message: Msg): Delivery {
  return {
    subject: message.subject,
    payload: message.string(),
    headers: message.headers,
    deliveries: deliveriesOf(message.reply ?? ''),
    ack: () => message.respond('+ACK'),
    nak: (delayMs) =>
      message.respond(delayMs === undefined ? '-NAK' : `-NAK ${JSON.stringify({ delay: nanos(delayMs) })}`),
    working: () => message.respond('+WPI'),
    term: (reason) => message.respond(`+TERM ${reason}`),
  };
}

/** `$JS.ACK.<stream>.<consumer>.<deliveries>.…`, newer servers put domain and account before the stream. */
function deliveriesOf(reply: string): number {
  const parts = reply.split('.');
  return Number(parts[parts.length > 9 ? 6 : 4] ?? 1);
}

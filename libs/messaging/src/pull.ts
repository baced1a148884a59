import type { ConsumerDefinition } from '@aos/contracts';
import { errors, nanos, type Msg, type NatsConnection } from '@nats-io/nats-core';
import { toDelivery, type Delivery } from './delivery.ts';
import type { Link } from './link.ts';
import { Mailbox } from './mailbox.ts';

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
  /** Of pulls that were answered in full. */
  readonly #idle: Mailbox[] = [];

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
      const mailbox = this.#openMailbox();
      if (mailbox === undefined) return resolve(found);
      const finish = (): void => {
        mailbox.onMessage = handBack;
        clearTimeout(expired);
        signal?.removeEventListener('abort', stop);
        forget();
        resolve(found);
      };
      const end = (): void => {
        finish();
        this.#idle.push(mailbox);
      };
      // What is on its way still arrives, to be handed back.
      const stop = (): void => {
        finish();
        mailbox.close();
      };
      const expired = setTimeout(stop, waitMs + GRACE_MS).unref();
      const forget = link.onLost(stop);
      signal?.addEventListener('abort', stop, { once: true });
      mailbox.onMessage = (message) => {
        if (isStatus(message)) return end();
        found.push(toDelivery(message));
        if (found.length === batch) end();
      };
      if (!this.#ask(mailbox, batch, waitMs)) stop();
    });
  }

  /** Undefined when the connection is closed. */
  #openMailbox(): Mailbox | undefined {
    const { connection, inboxPrefix } = this.#parts;
    return this.#idle.pop() ?? unlessClosed(() => new Mailbox(connection, inboxPrefix));
  }

  /** False when the connection is closed. */
  #ask({ subject: reply }: Mailbox, batch: number, waitMs: number): boolean {
    const request = waitMs > 0 ? { batch, expires: nanos(waitMs) } : { batch, no_wait: true };
    const ask = () => this.#parts.connection.publish(this.#subject, JSON.stringify(request), { reply });
    return unlessClosed(() => [ask()]) !== undefined;
  }
}

function unlessClosed<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof errors.ClosedConnectionError) return undefined;
    throw error;
  }
}

function handBack(message: Msg): void {
  if (!isStatus(message)) toDelivery(message).nak();
}

/** The end of a pull is an empty message with a status: 404 none, 408 expired, 409 gone, 503 nobody there. */
function isStatus(message: Msg): boolean {
  return (message.headers?.code ?? 0) >= 400 && message.data.length === 0;
}

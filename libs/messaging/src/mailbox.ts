import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';

const toNobody = (): void => undefined;

/**
 * Where the server answers one pull after the other: messages bear the subject of the stream, so only the subscription
 * tells whose answer they are, and a new one for each pull costs more than the pull.
 */
export class Mailbox {
  /** What the server is told to answer to. */
  readonly subject: string;
  /** Gets what comes; must not throw. */
  onMessage: (message: Msg) => void = toNobody;
  readonly #subscription: Subscription;

  /** Throws when the connection is closed. */
  constructor(connection: NatsConnection, inboxPrefix: string) {
    this.subject = createInbox(inboxPrefix);
    this.#subscription = connection.subscribe(this.subject, {
      callback: (error, message) => {
        if (error === null) this.onMessage(message);
      },
    });
  }

  /** Takes what is on its way and ends. */
  close(): void {
    if (!this.#subscription.isClosed()) void this.#subscription.drain();
  }
}

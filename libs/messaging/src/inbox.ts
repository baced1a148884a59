import type { Logger } from '@aos/telemetry';
import type { Msg, NatsConnection } from '@nats-io/nats-core';

/** A subject to reply to; until close() every message on it is heard. */
export interface OpenReply {
  subject: string;
  close(): void;
}

/** One long-lived subscription for everything that is answered to this process; each question gets a token. */
export class Inbox {
  readonly #prefix: string;
  readonly #open = new Map<string, (message: Msg) => void>();
  #last = 0;

  constructor(connection: NatsConnection, prefix: string, logger: Logger) {
    this.#prefix = `${prefix}.${crypto.randomUUID()}`;
    connection.subscribe(`${this.#prefix}.*`, {
      callback: (error, message) => {
        if (error === null) this.#open.get(message.subject.slice(this.#prefix.length + 1))?.(message);
        else logger.error({ err: error }, 'no answers can be received');
      },
    });
  }

  /** `onMessage` must not throw: the client stops reading the connection then. */
  open(onMessage: (message: Msg) => void): OpenReply {
    this.#last += 1;
    const token = String(this.#last);
    this.#open.set(token, onMessage);
    return { subject: `${this.#prefix}.${token}`, close: () => this.#open.delete(token) };
  }
}

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
  readonly #process = crypto.randomUUID();
  readonly #open = new Map<string, (message: Msg) => void>();
  #last = 0;

  constructor(connection: NatsConnection, prefix: string, logger: Logger) {
    this.#prefix = prefix;
    connection.subscribe(`${prefix}.*.${this.#process}.*`, {
      callback: (error, message) => {
        const { subject } = message;
        if (error === null) this.#open.get(subject.slice(subject.lastIndexOf('.') + 1))?.(message);
        else logger.error({ err: error }, 'no answers can be received');
      },
    });
  }

  /** For answers of `from`, who alone may send there. `onMessage` must not throw: the client stops reading the connection then. */
  open(from: string, onMessage: (message: Msg) => void): OpenReply {
    this.#last += 1;
    const token = String(this.#last);
    this.#open.set(token, onMessage);
    return {
      subject: `${this.#prefix}.${from}.${this.#process}.${token}`,
      close: () => this.#open.delete(token),
    };
  }
}

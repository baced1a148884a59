import { HEADERS } from '@aos/contracts';
import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/nats-core';

export interface StreamMessage {
  subject: string;
  /** Nats-Msg-Id: a repeat within the stream's window is dropped. Undefined: never dropped. */
  id: string | undefined;
  traceparent?: string;
  payload: string;
}

const ACK_TIMEOUT_MS = 5_000;

/** Publishes to streams: all messages first, then all acks awaited; in order on the wire. */
export class StreamPublisher {
  readonly #jetstream: JetStreamClient;

  constructor(connection: NatsConnection) {
    this.#jetstream = jetstream(connection, { timeout: ACK_TIMEOUT_MS });
  }

  /** Rejects when any message was not acknowledged; repeating all of them is harmless. */
  async publish(messages: readonly StreamMessage[]): Promise<void> {
    await Promise.all(messages.map((message) => this.#publishOne(message)));
  }

  async #publishOne({ subject, id, traceparent, payload }: StreamMessage): Promise<void> {
    const envelope = traceparent === undefined || traceparent === '' ? undefined : headers();
    envelope?.set(HEADERS.traceparent, traceparent ?? '');
    await this.#jetstream.publish(subject, payload, {
      ...(id === undefined ? {} : { msgID: id }),
      ...(envelope === undefined ? {} : { headers: envelope }),
    });
  }
}

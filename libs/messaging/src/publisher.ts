import { HEADERS } from '@aos/contracts';
import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';
import type { Link } from './link.ts';

export interface StreamMessage {
  subject: string;
  /** Nats-Msg-Id: a repeat within the stream's window is dropped. Undefined: never dropped. */
  id: string | undefined;
  traceparent?: string;
  headers?: Readonly<Record<string, string>>;
  payload: string | Uint8Array;
}

const ACK_TIMEOUT_MS = 5_000;

/** Publishes to streams: all messages first, then all acks awaited; in order on the wire. */
export class StreamPublisher {
  readonly #jetstream: JetStreamClient;
  readonly #link: Link;

  constructor(connection: NatsConnection, link: Link) {
    this.#jetstream = jetstream(connection, { timeout: ACK_TIMEOUT_MS });
    this.#link = link;
  }

  /** Rejects when any message was not acknowledged, at once when the server is lost; repeating all is harmless. */
  async publish(messages: readonly StreamMessage[]): Promise<void> {
    if (!this.#link.isUp) throw new Error('NATS cannot be reached');
    const lost = Promise.withResolvers<never>();
    const forget = this.#link.onLost(() => lost.reject(new Error('NATS was lost before all was stored')));
    try {
      await Promise.race([Promise.all(messages.map((message) => this.#publishOne(message))), lost.promise]);
    } finally {
      forget();
    }
  }

  async #publishOne(message: StreamMessage): Promise<void> {
    const { subject, id, payload } = message;
    const envelope = envelopeOf(message);
    await this.#jetstream.publish(subject, payload, {
      ...(id === undefined ? {} : { msgID: id }),
      ...(envelope === undefined ? {} : { headers: envelope }),
    });
  }
}

function envelopeOf({ traceparent = '', headers: more = {} }: StreamMessage): MsgHdrs | undefined {
  const fields = Object.entries(traceparent === '' ? more : { ...more, [HEADERS.traceparent]: traceparent });
  if (fields.length === 0) return undefined;
  const envelope = headers();
  for (const [name, value] of fields) envelope.set(name, value);
  return envelope;
}

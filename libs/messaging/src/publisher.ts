import { HEADERS } from '@aos/contracts';
import { headers, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';
import type { Inbox } from './inbox.ts';
import type { Link } from './link.ts';

export interface StreamMessage {
  subject: string;
  /** Nats-Msg-Id: a repeat within the stream's window is dropped. Undefined: never dropped. */
  id: string | undefined;
  traceparent?: string;
  headers?: Readonly<Record<string, string>>;
  payload: string | Uint8Array;
}

interface PublisherParts {
  connection: NatsConnection;
  inbox: Inbox;
  link: Link;
}

const ACK_TIMEOUT_MS = 5_000;

/** Publishes to streams: all messages first, in order on the wire, then all acks awaited. */
export class StreamPublisher {
  readonly #parts: PublisherParts;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
  }

  /** Rejects when any message was not stored, at once when the server is lost; repeating all is harmless. */
  publish(messages: readonly StreamMessage[]): Promise<void> {
    const { connection, inbox, link } = this.#parts;
    if (messages.length === 0) return Promise.resolve();
    if (!link.isUp) return Promise.reject(new Error('NATS cannot be reached'));
    return new Promise((resolve, reject) => {
      let missing = messages.length;
      // One reply subject for all: which of them failed does not matter, they are repeated together.
      const acks = inbox.open('jetstream', (ack) => {
        const refusal = refusalOf(ack);
        missing -= 1;
        if (refusal !== undefined) end(new Error(`a stream did not take a message: ${refusal}`));
        else if (missing === 0) end();
      });
      const timer = setTimeout(() => end(new Error('a stream did not answer in time')), ACK_TIMEOUT_MS);
      const forget = link.onLost(() => end(new Error('NATS was lost before all was stored')));
      function end(error?: Error): void {
        clearTimeout(timer);
        forget();
        acks.close();
        if (error === undefined) resolve();
        else reject(error);
      }
      try {
        for (const message of messages) {
          const options = { reply: acks.subject, headers: envelopeOf(message) };
          connection.publish(message.subject, message.payload, options);
        }
      } catch (cause) {
        end(new Error('a message could not be sent', { cause }));
      }
    });
  }
}

/** Why a message was not stored (NATS ADR-22 for the status, PubAck of the JetStream API for the rest). */
function refusalOf(ack: Msg): string | undefined {
  if (ack.headers?.code !== undefined && ack.headers.code >= 400) return 'no stream listens to its subject';
  try {
    const { error } = ack.json<{ error?: { description?: string } }>();
    return error === undefined ? undefined : (error.description ?? 'no reason given');
  } catch {
    return 'its answer is not JSON';
  }
}

function envelopeOf({ id, traceparent = '', headers: more = {} }: StreamMessage): MsgHdrs {
  const envelope = headers();
  for (const [name, value] of Object.entries(more)) envelope.set(name, value);
  if (id !== undefined) envelope.set('Nats-Msg-Id', id);
  if (traceparent !== '') envelope.set(HEADERS.traceparent, traceparent);
  return envelope;
}

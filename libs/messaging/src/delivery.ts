import { nanos, type Msg } from '@nats-io/nats-core';
import { respond } from './respond.ts';

/** A message of a durable consumer. Unanswered, it comes again after the consumer's ack wait. */
export interface Delivery {
  subject: string;
  payload: string;
  /** The payload as it came. */
  bytes: Uint8Array;
  headers: Msg['headers'];
  /** From 1. */
  deliveries: number;
  /** In its stream. */
  sequence: number;
  ack(): void;
  nak(delayMs?: number): void;
  /** Still at it: starts the ack wait anew. */
  working(): void;
  /** Never to be delivered again. */
  term(): void;
}

/** Acknowledgements are messages to the reply subject (NATS ADR-15); without a server they are lost, and it comes again. */
export function toDelivery(message: Msg): Delivery {
  return {
    subject: message.subject,
    payload: message.string(),
    bytes: message.data,
    headers: message.headers,
    ...placeOf(message.reply ?? ''),
    ack: () => void respond(message, '+ACK'),
    nak: (delayMs) => void respond(message, nakFor(delayMs)),
    working: () => void respond(message, '+WPI'),
    // Without a reason: servers before 2.10 do not know the word with one.
    term: () => void respond(message, '+TERM'),
  };
}

function nakFor(delayMs: number | undefined): string {
  return delayMs === undefined ? '-NAK' : `-NAK ${JSON.stringify({ delay: nanos(delayMs) })}`;
}

/** `$JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.…`; newer servers put domain and account before the stream. */
export function placeOf(reply: string): Pick<Delivery, 'deliveries' | 'sequence'> {
  const parts = reply.split('.');
  const first = parts.length > 9 ? 6 : 4;
  return { deliveries: Number(parts[first] ?? 1), sequence: Number(parts[first + 1] ?? 0) };
}

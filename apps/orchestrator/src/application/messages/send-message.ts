import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import {
  MESSAGE_BYTES_MAX,
  errorOf,
  fail,
  invalidRequest,
  succeed,
  type InputOf,
  type Message,
  type MessageContent,
  type RequestContext,
  type SentMessage,
  type StructuredOutcome,
  type messagesSend,
} from '@aos/contracts';
import type { Chance, Clock } from '../engine/ports.ts';
import type { Mailbox, NewMessage, RunPlace } from './mailbox.ts';

export interface SendParts {
  mailbox: Mailbox;
  chance: Chance;
  clock: Clock;
  /** Best effort: the sweep finds whom it misses. */
  wake: (runs: readonly RunPlace[]) => Promise<void>;
}

/** A message, and who sends it to whom. */
export interface Sending {
  tenantId: string;
  agentId: string;
  from: Message['from'];
  content: MessageContent;
  idempotencyKey: string | null;
  traceparent: string;
}

/** Takes a message from outside. */
export function sendMessage(parts: SendParts) {
  return (
    { tenantId, actor, traceparent, ...context }: RequestContext,
    { agent_id: agentId, idempotency_key: key, ...content }: InputOf<typeof messagesSend>,
  ): Promise<StructuredOutcome<SentMessage>> => {
    const from = { run_id: null, agent_id: null, caller: actor.id };
    const idempotencyKey = key ?? context.idempotencyKey ?? null;
    return deliver(parts, { tenantId, agentId, from, content, idempotencyKey, traceparent });
  };
}

/** Puts a message into a mailbox and tells the runs that wait for it. A repeat with the same key gives the first message. */
export async function deliver(parts: SendParts, sending: Sending): Promise<StructuredOutcome<SentMessage>> {
  const body = JSON.stringify(sending.content.body);
  const bytes = Buffer.byteLength(body);
  if (bytes > MESSAGE_BYTES_MAX) {
    const message = `the body is ${bytes} bytes, the limit is ${MESSAGE_BYTES_MAX}; send where it is kept instead`;
    return fail(errorOf('payload_too_large', message));
  }
  if (body.includes('\\u0000'))
    return fail(invalidRequest([{ field: '/body', message: 'contains a NUL character; remove it' }]));
  const delivery = await parts.mailbox.send(newMessage(parts, sending));
  if (delivery.kind === 'refused') return fail(delivery.error);
  if (delivery.kind === 'sent') await parts.wake(delivery.waiting);
  return succeed({ ...delivery.message, replayed: delivery.kind === 'repeated' });
}

function newMessage({ chance, clock }: SendParts, sending: Sending): NewMessage {
  const { agentId, from, content } = sending;
  return {
    ...sending,
    messageId: chance.newId(),
    requestHash: createHash('sha256')
      .update(canonicalize({ to: agentId, caller: from.run_id, content }) ?? '')
      .digest('hex'),
    createdAt: new Date(clock.now()).toISOString(),
  };
}

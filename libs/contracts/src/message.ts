import { z } from 'zod';
import { id, idempotencyKey, timestamp } from './values.ts';

/** What a message may hold, written as JSON. */
export const MESSAGE_BYTES_MAX = 32 * 1024;

export const messageType = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/, 'must match [A-Za-z][A-Za-z0-9_.-]{0,99}');
export const correlationId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x20-\x7e]+$/, 'printable ASCII only');

/** What is said in a message, whoever sends it. */
export const messageContent = z.strictObject({
  type: messageType,
  body: z.json(),
  /** Names what the message belongs to; whoever waits can ask for it. */
  correlation_id: correlationId.optional(),
  /** The message that this one answers. */
  reply_to: id.optional(),
});

export const messageInput = messageContent.extend({ idempotency_key: idempotencyKey.optional() });

/** MessageSpec: a message in the mailbox of an agent. One run takes it, once, in the order of sending. */
export const message = z.object({
  message_id: id,
  /** The run that sent it and its agent, else the credential of the caller. */
  from: z.object({ run_id: id.nullable(), agent_id: id.nullable(), caller: z.string().nullable() }),
  to: z.object({ agent_id: id }),
  type: messageType,
  body: z.json(),
  correlation_id: correlationId.nullable(),
  reply_to: id.nullable(),
  created_at: timestamp,
});

/** A message as the list of a mailbox shows it. */
export const mailboxMessage = message.extend({
  /** Null: nobody has taken it yet. */
  taken_by_run_id: id.nullable(),
  taken_at: timestamp.nullable(),
});

export const sentMessage = message.extend({
  /** True where the idempotency key had been used: this is the first message. */
  replayed: z.boolean(),
});

export type MessageContent = z.infer<typeof messageContent>;
export type Message = z.infer<typeof message>;
export type MailboxMessage = z.infer<typeof mailboxMessage>;
export type SentMessage = z.infer<typeof sentMessage>;

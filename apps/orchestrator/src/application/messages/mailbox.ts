import type { ErrorSpec, MailboxMessage, Message, MessageContent } from '@aos/contracts';

/** A message on its way into a mailbox. */
export interface NewMessage {
  messageId: string;
  tenantId: string;
  /** To whom. */
  agentId: string;
  from: Message['from'];
  content: MessageContent;
  /** Null: no key was given. Scoped by tenant. */
  idempotencyKey: string | null;
  requestHash: string;
  createdAt: string;
  traceparent: string;
}

export interface RunPlace {
  tenantId: string;
  runId: string;
}

export type Delivery =
  /** `waiting`: runs that wait for such a message; each has a signal. */
  | { kind: 'sent'; message: Message; waiting: RunPlace[] }
  | { kind: 'repeated'; message: Message }
  | { kind: 'refused'; error: ErrorSpec };

/** A step that asks for a message of its agent's mailbox. */
export interface MessageWait extends RunPlace {
  agentId: string;
  stepId: string;
  /** Of the step's call: what was taken under it is taken again. */
  key: string;
  /** Null: any. */
  type: string | null;
  correlationId: string | null;
  /** ISO 8601. */
  now: string;
  /** From the first time it asks. */
  timeoutMs: number;
}

export type Taking =
  | { kind: 'taken'; message: Message }
  /** The run is told of messages that suit it until then. */
  | { kind: 'waits'; until: string }
  | { kind: 'expired' }
  /** The run is not running: whoever asks has lost it. */
  | { kind: 'gone' };

interface MailboxPage {
  tenantId: string;
  agentId: string;
  type?: string | undefined;
  correlationId?: string | undefined;
  isTaken?: boolean | undefined;
  /** Only messages sent before this one, by number. */
  before?: number | undefined;
  limit: number;
}

/**
 * The mailboxes of agents. One suite (test/engine/suite/mailbox.suite.ts) holds every implementation to the same
 * guarantees: a message is taken by one run, under one key, in the order of sending; one whose taking did not come into
 * the run's journal is for others again when the run has ended.
 */
export interface Mailbox {
  /** Message, event and signals in one transaction. */
  send(message: NewMessage): Promise<Delivery>;
  take(wait: MessageWait): Promise<Taking>;
}

/** Mailboxes as request handlers read them, newest first. */
export interface MailboxReader {
  /** Undefined: the tenant has no such agent. */
  list(page: MailboxPage): Promise<{ number: number; message: MailboxMessage }[] | undefined>;
}

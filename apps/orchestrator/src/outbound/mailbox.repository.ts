import { errorOf, type ErrorSpec, type Message } from '@aos/contracts';
import { addToOutbox, type Pool, type PoolClient } from '@aos/database';
import type { Message as MessageRecord, OrchestratorDatabase } from '@aos/database/orchestrator';
import type {
  Delivery,
  Mailbox,
  MailboxReader,
  MessageWait,
  NewMessage,
  RunPlace,
  Taking,
} from '../application/messages/mailbox.ts';
import { run, transaction, translate } from './engine-store/connection.ts';
import * as SQL from './mailbox.statements.ts';
import { sentEvent } from './message-event.ts';

/** Messages that may wait in a mailbox: a sender nobody listens to is told. */
const WAITING_MAX = 10_000;

interface MessageRow {
  message_id: string;
  agent_id: string;
  from_run_id: string | null;
  from_agent_id: string | null;
  from_caller: string | null;
  type: string;
  body: Message['body'];
  correlation_id: string | null;
  reply_to: string | null;
  created_at: Date;
}

type KnownRow = MessageRow & { request_hash: string };

/** Mailboxes as the engine uses them; `pool` logs in as aos_engine, the tenant comes from the run or the verified envelope. */
export function mailboxRepository(pool: Pool, onSent: () => void = () => undefined): Mailbox {
  return {
    send: async (message) => {
      try {
        const delivery = await transaction(pool, (client) => send(client, message));
        if (delivery.kind === 'sent') onSent();
        return delivery;
      } catch (error) {
        return translate(error);
      }
    },
    take: (wait) => transaction(pool, (client) => take(client, wait)),
  };
}

async function send(client: PoolClient, message: NewMessage): Promise<Delivery> {
  const { tenantId, agentId, content, traceparent } = message;
  const known = (): Promise<KnownRow[]> => run(client, SQL.KNOWN_MESSAGE, [tenantId, message.idempotencyKey]);
  // Sent together, done one after the other: what is looked at is as it is under the lock.
  const [, [facts], [first]] = await Promise.all([
    lockMailboxes(client, [message]),
    run<{ has_agent: boolean; waiting: number }>(client, SQL.SEND_FACTS, [tenantId, agentId, WAITING_MAX]),
    known(),
  ]);
  if (first !== undefined) return repeated(first, message);
  if (facts?.has_agent !== true) return refused(errorOf('not_found', `no agent ${agentId}`));
  if (facts.waiting >= WAITING_MAX) {
    const text = `${WAITING_MAX} messages wait for agent ${agentId}; let its runs take some`;
    return refused(errorOf('mailbox_full', text, { retryAfterMs: 60_000 }));
  }
  const [added] = await run<MessageRow>(client, SQL.ADD_MESSAGE, valuesOf(message));
  if (added === undefined) {
    // Another message was first with the key, in another mailbox.
    const [other] = await known();
    return other === undefined ? lostRace() : repeated(other, message);
  }
  const sent = toMessage(added);
  const told = [tenantId, agentId, content.type, content.correlation_id ?? null];
  const waiting = await run<{ tenant_id: string; run_id: string }>(client, SQL.TELL_WAITING, told);
  await addToOutbox(client, 'orchestrator', [sentEvent(tenantId, sent, traceparent)]);
  const places = waiting.map((row): RunPlace => ({ tenantId: row.tenant_id, runId: row.run_id }));
  return { kind: 'sent', message: sent, waiting: places };
}

function valuesOf(message: NewMessage): unknown[] {
  const { messageId, tenantId, agentId, from, content, idempotencyKey, requestHash, createdAt } = message;
  return [
    messageId,
    tenantId,
    agentId,
    from.run_id,
    from.agent_id,
    from.caller,
    content.type,
    JSON.stringify(content.body),
    content.correlation_id ?? null,
    content.reply_to ?? null,
    idempotencyKey,
    requestHash,
    createdAt,
  ];
}

async function take(client: PoolClient, wait: MessageWait): Promise<Taking> {
  const { tenantId, agentId, runId, stepId, key, type, correlationId } = wait;
  const [, [before], running] = await Promise.all([
    lockMailboxes(client, [wait]),
    run<MessageRow>(client, SQL.TAKEN_BEFORE, [key]),
    run(client, SQL.RUN_IS_RUNNING, [runId, tenantId]),
  ]);
  if (before !== undefined) return { kind: 'taken', message: toMessage(before) };
  if (running.length === 0) return { kind: 'gone' };
  const asked = [tenantId, agentId, type, correlationId, runId, key];
  const [taken] = await run<MessageRow>(client, SQL.TAKE_OLDEST, asked);
  if (taken !== undefined) return { kind: 'taken', message: toMessage(taken) };
  const expiresAt = new Date(Date.parse(wait.now) + wait.timeoutMs).toISOString();
  const values = [key, tenantId, agentId, runId, stepId, type, correlationId, expiresAt];
  const [waits] = await run<{ expires_at: Date }>(client, SQL.WAIT, values);
  const until = waits?.expires_at.toISOString() ?? expiresAt;
  return until > wait.now ? { kind: 'waits', until } : { kind: 'expired' };
}

/** Until the end of the transaction, in one order. */
export async function lockMailboxes(
  client: PoolClient,
  mailboxes: readonly { tenantId: string; agentId: string }[],
): Promise<void> {
  await run(client, SQL.LOCK_MAILBOXES, [
    mailboxes.map(({ tenantId }) => tenantId),
    mailboxes.map(({ agentId }) => agentId),
  ]);
}

/** What runs that have ended or are going back have taken and not received is for others again, who are told. Their mailboxes are locked. */
export async function giveUpMessages(client: PoolClient, runIds: readonly string[]): Promise<void> {
  const rows = await run<{
    tenant_id: string;
    agent_id: string;
    type: string;
    correlation_id: string | null;
  }>(client, SQL.GIVE_UP, [runIds]);
  for (const { tenant_id, agent_id, type, correlation_id } of rows)
    await run(client, SQL.TELL_WAITING, [tenant_id, agent_id, type, correlation_id]);
}

function repeated(first: KnownRow, { requestHash }: NewMessage): Delivery {
  if (first.request_hash === requestHash) return { kind: 'repeated', message: toMessage(first) };
  const text = 'the idempotency key was used with another message; use a new key or send the same one';
  return refused(errorOf('idempotency_conflict', text));
}

function refused(error: ErrorSpec): Delivery {
  return { kind: 'refused', error };
}

/** Reached when a message that blocked an insert cannot be found: it was rolled back in between. */
function lostRace(): never {
  throw new Error('a message that blocked an insert has gone');
}

function toMessage(row: MessageRow): Message {
  return {
    message_id: row.message_id,
    from: { run_id: row.from_run_id, agent_id: row.from_agent_id, caller: row.from_caller },
    to: { agent_id: row.agent_id },
    type: row.type,
    body: row.body,
    correlation_id: row.correlation_id,
    reply_to: row.reply_to,
    created_at: row.created_at.toISOString(),
  };
}

/** Mailboxes as request handlers read them: within the tenant. */
export function mailboxReader(database: OrchestratorDatabase): MailboxReader {
  return {
    list: ({ tenantId, agentId, type, correlationId, isTaken, before, limit }) =>
      database.transaction(tenantId, async (tx) => {
        const agent = await tx.agent.findFirst({ where: { tenantId, agentId, deletedAt: null } });
        if (agent === null) return undefined;
        const rows = await tx.message.findMany({
          where: {
            tenantId,
            agentId,
            ...(type === undefined ? {} : { type }),
            ...(correlationId === undefined ? {} : { correlationId }),
            ...(isTaken === undefined ? {} : { takenBy: isTaken ? { not: null } : null }),
            ...(before === undefined ? {} : { messageNo: { lt: BigInt(before) } }),
          },
          orderBy: { messageNo: 'desc' },
          take: limit,
        });
        return rows.map((row) => ({ number: Number(row.messageNo), message: toListed(row) }));
      }),
  };
}

function toListed(row: MessageRecord) {
  return {
    message_id: row.messageId,
    from: { run_id: row.fromRunId, agent_id: row.fromAgentId, caller: row.fromCaller },
    to: { agent_id: row.agentId },
    type: row.type,
    body: row.body as Message['body'],
    correlation_id: row.correlationId,
    reply_to: row.replyTo,
    created_at: row.createdAt.toISOString(),
    taken_by_run_id: row.takenBy,
    taken_at: row.takenAt?.toISOString() ?? null,
  };
}

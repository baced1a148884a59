import type { Logger } from '@aos/telemetry';
import { escapeIdentifier } from 'pg';
import type { Pool, PoolClient } from './pool.ts';

/** An event on its way: stored with the state it tells of, published after the commit. */
export interface OutboxMessage {
  /** Of the event; also its Nats-Msg-Id, so that a repeat is dropped. */
  id: string;
  tenantId: string;
  subject: string;
  /** Empty: none. */
  traceparent: string;
  /** The event as JSON. */
  payload: string;
}

export type OutgoingMessage = Omit<OutboxMessage, 'tenantId'>;

interface OutboxRelayParts {
  /** Of the login aos_engine: rows of all tenants. */
  pool: Pool;
  /** Whose table `outbox` is read. */
  schema: string;
  /** Resolves when all are stored on the other side; repeating all must be harmless. */
  publish: (messages: OutgoingMessage[]) => Promise<void>;
  logger: Logger;
}

const BATCH_ROWS = 500;
const POLL_MS = 1_000;
/** After this the server ends the transaction of a relay whose process stands still; above the time a publish may take. */
const STANDSTILL_MS = 15_000;

/**
 * Adds messages to the transaction that writes the state they tell of. Those of one call keep their order, those of a
 * later transaction come after; the table is `<schema>.outbox`.
 */
export async function addToOutbox(
  client: PoolClient,
  schema: string,
  messages: readonly OutboxMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  const column = (name: keyof OutboxMessage): string[] => messages.map((message) => message[name]);
  await client.query(
    `insert into ${tableOf(schema)} (event_id, tenant_id, subject, traceparent, payload, created_at)
     select event_id, tenant_id, subject, traceparent, payload::json, at + n * interval '1 microsecond'
     from (select clock_timestamp() as at) as clock,
       unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
         with ordinality as m (event_id, tenant_id, subject, traceparent, payload, n)`,
    [column('id'), column('tenantId'), column('subject'), column('traceparent'), column('payload')],
  );
}

/**
 * Publishes what stands in an outbox, oldest first, and deletes it after the ack; what a dead process left is found by
 * the poll. The relays of a schema take turns, so no row is published by two at once and replicas do not overtake each
 * other. A relay that dies between the ack and the delete has its rows published again, with the same ids.
 */
export class OutboxRelay {
  readonly #parts: OutboxRelayParts;
  #poll: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isAsked = false;
  #isStopped = false;

  constructor(parts: OutboxRelayParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#poll = setInterval(() => this.kick(), POLL_MS);
    this.kick();
  }

  /** Publishes soon. Kicks that come while a batch is under way are one. */
  kick(): void {
    if (this.#isStopped) return;
    this.#isAsked = true;
    this.#running ??= this.#run();
  }

  /** Resolves when the batch under way has ended; what is left is published by whoever polls next. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#poll);
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#isAsked && !this.#isStopped) {
      this.#isAsked = false;
      try {
        // A full batch: there is more.
        if ((await this.#publishBatch()) === BATCH_ROWS) this.#isAsked = true;
      } catch (error) {
        const { logger, schema } = this.#parts;
        logger.warn({ err: error, schema }, 'events could not be published; they are tried again');
      }
    }
    this.#running = undefined;
  }

  async #publishBatch(): Promise<number> {
    const client = await this.#parts.pool.connect();
    let failure: Error | undefined;
    try {
      await client.query(`begin; set local idle_in_transaction_session_timeout = ${STANDSTILL_MS}`);
      const count = await this.#publishOldest(client);
      await client.query('commit');
      return count;
    } catch (error) {
      failure = await client.query('rollback').then(
        () => undefined,
        (cause: Error) => cause,
      );
      throw error;
    } finally {
      client.release(failure);
    }
  }

  async #publishOldest(client: PoolClient): Promise<number> {
    const { schema, publish } = this.#parts;
    const table = tableOf(schema);
    // A lock of its own instead of locked rows: those would let a second relay pass the first one's batch.
    await client.query('select pg_advisory_xact_lock(hashtext($1))', [table]);
    const { rows } = await client.query<OutgoingMessage>(
      `select event_id as id, subject, traceparent, payload::text as payload
       from ${table} order by created_at, event_id limit ${BATCH_ROWS}`,
    );
    if (rows.length === 0) return 0;
    await publish(rows);
    await client.query(`delete from ${table} where event_id = any($1)`, [rows.map(({ id }) => id)]);
    return rows.length;
  }
}

function tableOf(schema: string): string {
  return `${escapeIdentifier(schema)}.outbox`;
}

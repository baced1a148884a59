import type { Logger } from '@aos/telemetry';
import { Pool, types as pgTypes, type CustomTypesConfig } from 'pg';

export type { Pool, PoolClient } from 'pg';

export interface PoolOptions {
  url: string;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Connections at most. */
  max: number;
  logger: Logger;
  /**
   * How long the server lets a transaction stand still, so that a process stopped in one does not hold others up. For
   * direct connections only: PgBouncer refuses the parameter.
   */
  idleInTransactionMs?: number;
  /** Statements of a connection that are asked for together travel together, not one round trip each. */
  isPipelined?: boolean;
}

/** How long a query waits for a free or a new connection. */
const CONNECTION_TIMEOUT_MS = 5_000;

/** A `date` stays the text it is: as a Date it would shift with the machine's time zone. */
const types: CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pgTypes.builtins.DATE ? (text: string) => text : pgTypes.getTypeParser(oid, format),
};

/** A pool that outlives restarts of the server: the error of an idle connection is logged, its successor is made on demand. */
export function createPool({
  url,
  applicationName,
  max,
  logger,
  idleInTransactionMs,
  isPipelined = false,
}: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: applicationName,
    max,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    ...(idleInTransactionMs === undefined
      ? {}
      : { idle_in_transaction_session_timeout: idleInTransactionMs }),
    keepAlive: true,
    pipeline: isPipelined,
    types,
  });
  // A connection in use that is lost between two queries: the next query on it rejects, nothing else needs to know.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle database connection was lost'));
  return pool;
}

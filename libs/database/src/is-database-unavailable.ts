/** Prisma: not reachable, timed out, closed; no connection or no end of the transaction in time. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);

/** SQLSTATE: connection errors, too many connections, shutting down or starting up. */
const SQL_STATES = /^(08...|53300|57P0[1-3])$/;

const SYSTEM_CODES = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/** What pg says without any code. */
const PG_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/**
 * Whether the database could not be reached or was cut off, of a pool as of Prisma: the same may work a moment later, and
 * whether a commit under way happened is not known. For answering `unavailable`; every other error is a bug.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = stringOf(error, 'code');
  const sqlState = stringOf(error, 'meta', 'driverAdapterError', 'cause', 'originalCode');
  return (
    PRISMA_CODES.has(code) ||
    SQL_STATES.test(code) ||
    SQL_STATES.test(sqlState) ||
    SYSTEM_CODES.test(code) ||
    PG_MESSAGES.test(stringOf(error, 'message'))
  );
}

function stringOf(value: unknown, ...path: string[]): string {
  const found = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
  return typeof found === 'string' ? found : '';
}

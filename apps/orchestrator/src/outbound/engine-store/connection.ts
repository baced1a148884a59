import type { Pool, PoolClient } from '@aos/database';
import { StoreDataError } from '../../application/engine/ports.ts';

/** A prepared statement: sent by name, so that the server plans it once per connection. */
export interface Statement {
  name: string;
  text: string;
}

export interface Queryable {
  query(config: { name: string; text: string; values: unknown[] }): Promise<{ rows: unknown[] }>;
}

export async function run<Row>(on: Queryable, statement: Statement, values: unknown[]): Promise<Row[]> {
  const { rows } = await on.query({ ...statement, values });
  return rows as Row[];
}

/** One transaction on one connection; a connection on which the transaction could not be ended is thrown away. */
export async function transaction<T>(pool: Pool, action: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    // Not waited for: what the action asks first travels with it.
    const [, result] = await Promise.all([client.query('begin'), action(client)]);
    await client.query('commit');
    return result;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    await client.query('rollback').then(
      () => (failure = undefined),
      () => undefined,
    );
    throw error;
  } finally {
    client.release(failure);
  }
}

/** Classes 22 (data exception) and 23 (constraint violation): the content is at fault, repeating is useless. */
export function translate(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  throw /^2[23]/.test(code) ? new StoreDataError(error) : error;
}

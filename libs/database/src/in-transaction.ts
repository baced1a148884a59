import type { Pool, PoolClient } from './pool.ts';

/** One transaction on one connection; a connection that cannot even roll back is not used again. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
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

import type { Pool, PoolClient } from '@aos/database';

/** Work over all tenants in one transaction. */
export async function inTransaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } catch (error) {
    // A connection that cannot even roll back is not used again.
    failure = await client.query('rollback').then(
      () => undefined,
      (cause: Error) => cause,
    );
    throw error;
  } finally {
    client.release(failure);
  }
}

import type { Pool, PoolClient } from './pool.ts';
import type { TenantDatabase } from './tenant-database.ts';

/** A tenant's transaction in plain SQL, for statements that are more than rows in and out. */
export type SqlTenantDatabase = TenantDatabase<PoolClient>;

/** The same promises as with Prisma, on a pool of the login aos_app, which it closes. */
export function sqlTenantDatabase(pool: Pool): SqlTenantDatabase {
  return {
    transaction: async (tenantId, work) => {
      const client = await pool.connect();
      let failure: Error | undefined;
      try {
        await client.query('begin');
        await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
        const result = await work(client);
        await client.query('commit');
        return result;
      } catch (error) {
        // A connection that cannot even roll back is not given to the next tenant.
        failure = await client.query('rollback').then(
          () => undefined,
          (cause: Error) => cause,
        );
        throw error;
      } finally {
        client.release(failure);
      }
    },
    ping: async () => {
      await pool.query('select 1');
    },
    close: () => pool.end(),
  };
}

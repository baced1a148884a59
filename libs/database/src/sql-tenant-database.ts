import { inTransaction } from './in-transaction.ts';
import type { Pool, PoolClient } from './pool.ts';
import type { TenantDatabase } from './tenant-database.ts';

/** A tenant's transaction in plain SQL, for statements that are more than rows in and out. */
export type SqlTenantDatabase = TenantDatabase<PoolClient>;

/** The same promises as with Prisma, on a pool of the login aos_app, which it closes. */
export function sqlTenantDatabase(pool: Pool): SqlTenantDatabase {
  return {
    transaction: (tenantId, work) =>
      inTransaction(pool, async (client) => {
        await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
        return work(client);
      }),
    ping: async () => {
      await pool.query('select 1');
    },
    close: () => pool.end(),
  };
}

import type { Logger } from '@aos/telemetry';
import type { Pool } from './pool.ts';

/** A database whose rows are seen by one tenant at a time. */
export interface TenantDatabase<Tx> {
  /** Runs `work` as `tenantId`: committed when it resolves, rolled back when it rejects; the tenant ends with the transaction. */
  transaction<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Of the login aos_app; may be pooled. */
  url: string;
  logger: Logger;
  /** Connections at most; default 10. */
  max?: number;
}

/** What of a generated Prisma client is needed here. */
interface PrismaConnection<Tx> {
  $transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  $disconnect(): Promise<void>;
}

interface PrismaTransaction {
  $executeRaw(sql: TemplateStringsArray, ...values: unknown[]): Promise<number>;
}

/** Milliseconds: how long a transaction waits for a connection, and how long it may last before it is rolled back. */
export const TRANSACTION_LIMITS = { maxWait: 5_000, timeout: 10_000 };

/** The tenant is set for the transaction alone, so a pooled connection carries it nowhere, also through PgBouncer. */
export function tenantDatabase<Tx extends PrismaTransaction>(
  prisma: PrismaConnection<Tx>,
  pool: Pool,
): TenantDatabase<Tx> {
  return {
    transaction: (tenantId, work) =>
      prisma.$transaction(async (tx) => {
        await tx.$executeRaw`select set_config('app.tenant_id', ${tenantId}, true)`;
        return work(tx);
      }),
    ping: async () => {
      await pool.query('select 1');
    },
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

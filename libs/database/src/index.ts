export * from './in-transaction.ts';
export * from './is-database-unavailable.ts';
export * from './outbox.ts';
export * from './pool.ts';
export * from './migrate.ts';
export * from './sql-tenant-database.ts';
export type { DatabaseOptions, TenantDatabase } from './tenant-database.ts';

import type { TestStack } from '@aos/testing';
import { adminPool } from './admin-pool.ts';

interface Table {
  schema: string;
  name: string;
}

const TABLES = `
  select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('gateway', 'orchestrator') and c.relkind in ('r', 'p') and not c.relispartition
  order by 1, 2`;

/** Renewed each second by those who do nothing else. */
const LEASES = 'orchestrator.workers';

/** What is in each table of the services, as `<rows> <hash of them>` by table; of leases only how many there are. */
export async function stored(stack: TestStack): Promise<Record<string, string>> {
  const pool = adminPool(stack);
  try {
    const tables = await pool.query<Table>(TABLES);
    const content: Record<string, string> = {};
    for (const { schema, name } of tables.rows) {
      const table = `${schema}.${name}`;
      const hash = table === LEASES ? "''" : "md5(coalesce(string_agg(t::text, '|' order by t::text), ''))";
      const { rows } = await pool.query<{ is: string }>(
        `select count(*) || ' ' || ${hash} as is from ${table} t`,
      );
      content[table] = rows[0]?.is ?? '';
    }
    return content;
  } finally {
    await pool.end();
  }
}

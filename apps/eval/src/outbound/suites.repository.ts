import type { Suite } from '@aos/contracts';
import type { SqlTenantDatabase } from '@aos/database';
import type { SuiteStore } from '../application/suite-store.ts';

interface SuiteRow {
  name: string;
  description: string | null;
  version: number;
  tasks: Suite['tasks'];
  updated_at: Date;
}

const COLUMNS = 'name, description, version, tasks, updated_at';

/** The table suites within a tenant. */
export function suitesRepository(database: SqlTenantDatabase): SuiteStore {
  return {
    put: (tenantId, { name, description, tasks }) =>
      database.transaction(tenantId, async (client) => {
        const { rows } = await client.query<SuiteRow>(
          `insert into eval.suites as old (tenant_id, name, version, description, tasks)
           values ($1, $2, 1, $3, $4)
           on conflict (tenant_id, name) do update set
             version = old.version + 1, description = excluded.description, tasks = excluded.tasks, updated_at = now()
           where (old.description, old.tasks::text) is distinct from (excluded.description, excluded.tasks::text)
           returning ${COLUMNS}`,
          [tenantId, name, description ?? null, JSON.stringify(tasks)],
        );
        const found = rows[0] ?? (await findRow(client, name));
        if (found === undefined) throw new Error(`the suite ${name} is not there after it was put`);
        return toSuite(found);
      }),

    find: (tenantId, name) =>
      database.transaction(tenantId, async (client) => {
        const row = await findRow(client, name);
        return row === undefined ? undefined : toSuite(row);
      }),

    list: (tenantId, { after, limit }) =>
      database.transaction(tenantId, async (client) => {
        const { rows } = await client.query<SuiteRow>(
          `select ${COLUMNS} from eval.suites where name > $1 order by name limit $2`,
          [after ?? '', limit],
        );
        return rows.map(toSuite);
      }),
  };
}

async function findRow(
  client: { query: (sql: string, values: unknown[]) => Promise<{ rows: SuiteRow[] }> },
  name: string,
): Promise<SuiteRow | undefined> {
  const { rows } = await client.query(`select ${COLUMNS} from eval.suites where name = $1`, [name]);
  return rows[0];
}

function toSuite({ updated_at: updatedAt, ...row }: SuiteRow): Suite {
  return { ...row, task_count: row.tasks.length, updated_at: updatedAt.toISOString() };
}

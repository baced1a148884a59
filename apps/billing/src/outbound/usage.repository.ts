import type { UsageGroup } from '@aos/contracts';
import type { SqlTenantDatabase } from '@aos/database';
import type { UsageQuery, UsageReader, UsageSum } from '../application/ports.ts';

const COLUMNS: Record<UsageGroup, string> = {
  day: 'day',
  meter: 'meter',
  agent: 'agent_id',
  model: 'model',
};

/** Bigints come as text: in numbers they would lose digits; these sums are within what a number holds. */
interface Row extends Omit<UsageSum, 'quantity' | 'costMicrocents'> {
  total: string;
  quantity: string | null;
  cost: string | null;
}

/** Reads usage within the tenant. */
export function usageRepository(database: SqlTenantDatabase): UsageReader {
  return {
    read: (tenantId, query) =>
      database.transaction(tenantId, async (client) => {
        const { text, values } = statementOf(tenantId, query);
        const { rows } = await client.query<Row>(text, values);
        const sums = rows.flatMap(({ quantity, cost, meter, agent, model, day }): UsageSum[] =>
          quantity === null
            ? []
            : [{ meter, agent, model, day, quantity: Number(quantity), costMicrocents: Number(cost) }],
        );
        return { sums, totalMicrocents: Number(rows[0]?.total ?? 0) };
      }),
  };
}

/** Page and total in one statement see the same moment; an empty page still has its total. */
function statementOf(tenantId: string, query: UsageQuery): { text: string; values: unknown[] } {
  const values: unknown[] = [tenantId, query.from, query.to];
  const place = (value: unknown): string => `$${values.push(value)}`;
  const filters = [
    ['meter', query.meter],
    ['agent_id', query.agentId],
    ['model', query.model],
  ].flatMap(([column, value]) => (value === undefined ? [] : [`and ${column} = ${place(value)}`]));
  const grouped = query.groups.map((group) => COLUMNS[group]).join(', ');
  const after =
    query.after === undefined ? '' : `where (${grouped}) > (${query.after.map(place).join(', ')})`;
  const shown = (group: UsageGroup): string => (query.groups.includes(group) ? COLUMNS[group] : 'null');
  const text = `
    with line as (
      select ${grouped}, sum(quantity) as quantity, sum(cost_microcents) as cost
      from billing.usage
      where tenant_id = $1 and day between $2 and $3 ${filters.join(' ')}
      group by ${grouped}),
    page as (select * from line ${after} order by ${grouped} limit ${place(query.limit)}),
    whole as (select coalesce(sum(cost), 0) as total from line)
    select total, quantity, cost, ${shown('day')} as day, ${shown('meter')} as meter,
      ${shown('agent')} as agent, ${shown('model')} as model
    from whole left join page on true
    order by ${grouped}`;
  return { text, values };
}

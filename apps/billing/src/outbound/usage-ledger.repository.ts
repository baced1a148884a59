import { succeed } from '@aos/contracts';
import type { Pool } from '@aos/database';
import type { UsageLedger } from '../application/ports.ts';
import { dayOf, identityOf, type UsageEntry, type UsageLine } from '../domain/usage-entry.ts';
import { databaseOutcome } from './database-outcome.ts';

/**
 * One statement, so one transaction and one round trip: an event is remembered together with its sums or not at all.
 * Rows are taken in one order, keys before sums, so that two processes never wait for each other in a circle.
 */
const COUNT = `
  with fresh as (
    insert into billing.usage_events (tenant_id, event_key, time)
    select tenant_id, event_key, time
    from unnest($1::text[], $2::text[], $3::timestamptz[]) as event (tenant_id, event_key, time)
    order by tenant_id, event_key
    on conflict do nothing
    returning tenant_id, event_key),
  summed as (
    insert into billing.usage as known (tenant_id, day, meter, agent_id, model, quantity, cost_microcents)
    select tenant_id, day, meter, agent_id, model, sum(quantity), sum(cost_microcents)
    from unnest($4::text[], $5::text[], $6::date[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bigint[])
      as line (tenant_id, event_key, day, meter, agent_id, model, quantity, cost_microcents)
    join fresh using (tenant_id, event_key)
    group by tenant_id, day, meter, agent_id, model
    order by tenant_id, day, meter, agent_id, model
    on conflict (tenant_id, day, meter, agent_id, model) do update set
      quantity = known.quantity + excluded.quantity,
      cost_microcents = known.cost_microcents + excluded.cost_microcents)
  select tenant_id as "tenantId", event_key as "key" from fresh`;

type Line = UsageLine & { entry: UsageEntry };

/** Writes usage with the login aos_engine. The tenant comes from the event's envelope. */
export function usageLedger(pool: Pool): UsageLedger {
  return {
    count: (entries) =>
      databaseOutcome(async () => {
        const lines = entries.flatMap((entry) => entry.lines.map((line): Line => ({ ...line, entry })));
        const { rows } = await pool.query<Pick<UsageEntry, 'tenantId' | 'key'>>(COUNT, [
          ...columns(entries, [({ tenantId }) => tenantId, ({ key }) => key, ({ time }) => time]),
          ...columns(lines, LINE_COLUMNS),
        ]);
        return succeed(new Set(rows.map(identityOf)));
      }),
  };
}

const LINE_COLUMNS: ((line: Line) => unknown)[] = [
  ({ entry }) => entry.tenantId,
  ({ entry }) => entry.key,
  ({ entry }) => dayOf(entry),
  ({ meter }) => meter,
  ({ agentId }) => agentId,
  ({ model }) => model,
  ({ quantity }) => quantity,
  ({ costMicrocents }) => costMicrocents,
];

function columns<T>(rows: readonly T[], values: ((row: T) => unknown)[]): unknown[][] {
  return values.map((value) => rows.map(value));
}

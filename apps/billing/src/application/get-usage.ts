import {
  centsOf,
  fail,
  invalidRequest,
  meter as meterOf,
  succeed,
  utcDay,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type UsageGroup,
  type UsageRow,
  type usageGet,
} from '@aos/contracts';
import { usagePeriod, type UsagePeriod } from '../domain/usage-period.ts';
import type { UsagePlace, UsageReader, UsageSum } from './ports.ts';

/** What the tenant used in a period. Lines are ordered by day, meter, agent and model, as far as grouped by. */
export function getUsage(reader: UsageReader, now: () => number) {
  return async (
    { tenantId }: RequestContext,
    input: InputOf<typeof usageGet>,
  ): Promise<StructuredOutcome<OutputOf<typeof usageGet>>> => {
    const period = usagePeriod(input, now());
    if (!period.ok) return period;
    const groups = groupsOf(input.group_by);
    const after = input.cursor === undefined ? undefined : placeOf(input.cursor, groups, period.value);
    if (input.cursor !== undefined && after === undefined) {
      return fail(
        invalidRequest([{ field: '/cursor', message: 'is not a cursor of this list; start without one' }]),
      );
    }
    const { meter, agent_id: agentId, model, limit } = input;
    const query = { ...period.value, groups, meter, agentId, model, limit: limit + 1, after };
    const { sums, totalMicrocents } = await reader.read(tenantId, query);
    const page = sums.slice(0, limit);
    const last = page.at(-1);
    return succeed({
      tenant_id: tenantId,
      ...period.value,
      data: page.map(rowOf),
      total_cost_microcents: totalMicrocents,
      total_cost_cents: centsOf(totalMicrocents),
      next_cursor: sums.length > limit && last !== undefined ? cursorOf(last, groups) : null,
    });
  };
}

/** The order of lines. */
const ORDER: readonly UsageGroup[] = ['day', 'meter', 'agent', 'model'];

/** Each group once; the meter always, since meters do not add up. */
function groupsOf(asked: readonly UsageGroup[]): UsageGroup[] {
  return ORDER.filter((group) => group === 'meter' || asked.includes(group));
}

function rowOf({ meter, agent, model, day, quantity, costMicrocents }: UsageSum): UsageRow {
  return {
    meter,
    agent_id: agent === '' ? null : agent,
    model: model === '' ? null : model,
    day,
    quantity,
    cost_microcents: costMicrocents,
    cost_cents: centsOf(costMicrocents),
  };
}

/** Between the values of a place; no value has it. */
const SEPARATOR = '\0';

function cursorOf(last: UsageSum, groups: readonly UsageGroup[]): string {
  return Buffer.from(groups.map((group) => last[group] ?? '').join(SEPARATOR)).toString('base64url');
}

function placeOf(
  cursor: string,
  groups: readonly UsageGroup[],
  { from, to }: UsagePeriod,
): UsagePlace | undefined {
  const place = Buffer.from(cursor, 'base64url').toString().split(SEPARATOR);
  if (place.length !== groups.length) return undefined;
  const [day, meter] = [place[groups.indexOf('day')], place[groups.indexOf('meter')]];
  const isDay = day === undefined || (utcDay.safeParse(day).success && from <= day && day <= to);
  return isDay && meterOf.safeParse(meter).success ? place : undefined;
}

import type { OutputOf, UsageGroup, UsageRow, usageGet } from '@aos/contracts';
import type { Terminal } from '../terminal.ts';
import { facts, table } from './table.ts';
import { money, oneLine } from './text.ts';

const HEADS: Record<UsageGroup, string> = { day: 'DAY', meter: 'METER', agent: 'AGENT', model: 'MODEL' };

/** The order in which the API sorts lines. */
const ORDER: readonly UsageGroup[] = ['day', 'meter', 'agent', 'model'];

/** Usage as a table with a column for each group, and its sum. */
export function usageText(
  terminal: Terminal,
  usage: OutputOf<typeof usageGet>,
  groups: readonly string[],
): string {
  const { tenant_id, from, to, data, total_cost_cents } = usage;
  const period = from === to ? from : `${from} to ${to}`;
  if (data.length === 0) {
    return `no usage of ${tenant_id}, ${period} (UTC); runs and model calls count when they have ended`;
  }
  const shown = ORDER.filter((group) => group === 'meter' || groups.includes(group));
  const quantities = data.map(({ quantity }) => quantity.toLocaleString('en-US'));
  const width = Math.max(...quantities.map((text) => text.length));
  const rows = data.map((row, index) => [
    ...shown.map((group) => cellOf(row, group)),
    (quantities[index] ?? '').padStart(width),
    // Only calls are priced; a column of zeros would say that the rest was free.
    row.cost_microcents === 0 ? '' : money(row.cost_cents),
  ]);
  const lines = table(terminal, [...shown.map((group) => HEADS[group]), 'QUANTITY', 'COST'], rows);
  const sum = facts(terminal, [
    ['tenant', tenant_id],
    ['days', `${period} (UTC)`],
    ['cost', money(total_cost_cents)],
  ]);
  return `${lines}\n\n${sum}`;
}

function cellOf(row: UsageRow, group: UsageGroup): string {
  const value = { day: row.day, meter: row.meter, agent: row.agent_id, model: row.model }[group];
  return value === null ? '-' : oneLine(value, 60);
}

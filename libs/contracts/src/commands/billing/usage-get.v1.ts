import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { USAGE_GROUPS, meter, usageRow, utcDay } from '../../usage.ts';
import { id, microcents, nextCursor, page, tenantId } from '../../values.ts';

/** What the tenant used, summed by the asked groups. */
export const usageGet = defineCommand({
  subject: 'billing.usage.get.v1',
  owner: 'billing',
  callers: ['api-gateway'],
  summary: 'Usage of the tenant by meter, agent, model and day',
  input: z.strictObject({
    /** UTC days, both included, at most 366. Default: from the first of the month of `to`, to today. */
    from: utcDay.optional(),
    to: utcDay.optional(),
    /** `meter` is always grouped by: its units do not add up. Lines are ordered by day, meter, agent, model. */
    group_by: z.array(z.enum(USAGE_GROUPS)).max(4).default(['meter']),
    meter: meter.optional(),
    agent_id: id.optional(),
    model: z.string().max(200).optional(),
    ...page,
  }),
  output: z.object({
    tenant_id: tenantId,
    from: utcDay,
    to: utcDay,
    data: z.array(usageRow),
    /** Of everything asked for, not of this page alone. */
    total_cost_microcents: microcents,
    total_cost_cents: z.number(),
    next_cursor: nextCursor,
  }),
  errors: ['invalid_request', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});

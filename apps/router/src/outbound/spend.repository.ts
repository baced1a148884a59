import { errorOf, fail, succeed } from '@aos/contracts';
import {
  addToOutbox,
  isDatabaseUnavailable,
  type Pool,
  type PoolClient,
  type SqlTenantDatabase,
} from '@aos/database';
import { z } from 'zod';
import type { PaidCall, SpendStore } from '../application/ports.ts';
import { completedEvent, completedSubject, type Spend } from '../domain/spend.ts';
import { keepReply } from './replies.repository.ts';

/** Younger rows are not listed: one that began earlier may still commit. */
const SETTLING = "interval '5 seconds'";

const CREATED_AT = `to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const COLUMNS = `id, request_id, tenant_id, run_id, agent_id, purpose, provider, model, response_model,
  input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, cost_microcents, latency_ms, traceparent`;

const INSERT = `
  insert into router.llm_costs (${COLUMNS})
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  on conflict (request_id) do nothing
  returning ${CREATED_AT} as created_at`;

const LIST = `
  select ${COLUMNS}, ${CREATED_AT} as created_at from router.llm_costs
  where created_at >= $1 and created_at < now() - ${SETTLING}
    and ($2::timestamptz is null or (created_at, id) > ($2, $3::uuid))
  order by llm_costs.created_at, id limit $4`;

const insertedRow = z.object({ created_at: z.string() });

/** 64-bit columns arrive as text. */
const wholeNumber = z.string().transform(Number).pipe(z.int());

const listedRow = z.object({
  id: z.string(),
  request_id: z.string(),
  tenant_id: z.string(),
  run_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  purpose: z.enum(['planning', 'skill', 'judge']),
  provider: z.string(),
  model: z.string(),
  response_model: z.string(),
  input_tokens: wholeNumber,
  cache_read_tokens: wholeNumber,
  cache_write_tokens: wholeNumber,
  output_tokens: wholeNumber,
  cost_microcents: wholeNumber,
  latency_ms: wholeNumber,
  traceparent: z.string(),
  created_at: z.string(),
});

/** The table llm_costs: written within a tenant, listed over all of them. */
export function spendRepository(database: SqlTenantDatabase, systemPool: Pool): SpendStore {
  return {
    record: async (call) => {
      try {
        await database.transaction(call.spend.tenantId, (client) => record(client, call));
        return succeed(undefined);
      } catch (error) {
        if (!isDatabaseUnavailable(error)) throw error;
        return fail(errorOf('unavailable', 'the database is not available'));
      }
    },
    ping: () => database.ping(),
    list: async ({ from, after, limit }) => {
      const { rows } = await systemPool.query(LIST, [from, after?.createdAt, after?.id, limit]);
      return rows.map((row) => toSpend(listedRow.parse(row)));
    },
  };
}

/** Nothing new where it was recorded before: a commit may have happened although its answer was lost. */
async function record(client: PoolClient, { spend, completion, claim }: PaidCall): Promise<void> {
  const { rows } = await client.query(INSERT, valuesOf(spend));
  if (rows.length === 0) return;
  const { created_at: createdAt } = insertedRow.parse(rows[0]);
  const event = completedEvent({ ...spend, createdAt });
  await addToOutbox(client, 'router', [
    {
      id: event.id,
      tenantId: spend.tenantId,
      subject: completedSubject(spend),
      traceparent: spend.traceparent,
      payload: JSON.stringify(event),
    },
  ]);
  if (claim !== undefined) await keepReply(client, claim, completion);
}

/** In the order of COLUMNS. */
function valuesOf(spend: Spend): (string | number | null)[] {
  return [
    spend.id,
    spend.requestId,
    spend.tenantId,
    spend.runId,
    spend.agentId,
    spend.purpose,
    spend.provider,
    spend.model,
    spend.responseModel,
    spend.inputTokens,
    spend.cacheReadTokens,
    spend.cacheWriteTokens,
    spend.outputTokens,
    spend.costMicrocents,
    spend.latencyMs,
    spend.traceparent,
  ];
}

function toSpend(row: z.infer<typeof listedRow>) {
  return {
    id: row.id,
    requestId: row.request_id,
    tenantId: row.tenant_id,
    runId: row.run_id,
    agentId: row.agent_id,
    purpose: row.purpose,
    provider: row.provider,
    model: row.model,
    responseModel: row.response_model,
    inputTokens: row.input_tokens,
    cacheReadTokens: row.cache_read_tokens,
    cacheWriteTokens: row.cache_write_tokens,
    outputTokens: row.output_tokens,
    costMicrocents: row.cost_microcents,
    latencyMs: row.latency_ms,
    traceparent: row.traceparent,
    createdAt: row.created_at,
  };
}

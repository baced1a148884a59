import { SPEND_PURPOSES, errorOf, fail, succeed } from '@aos/contracts';
import {
  addToOutbox,
  inTransaction,
  isDatabaseUnavailable,
  type OutboxMessage,
  type Pool,
  type PoolClient,
  type SqlTenantDatabase,
} from '@aos/database';
import { z } from 'zod';
import type { PaidCall, SpendStore } from '../application/ports.ts';
import {
  SPEND_STATUSES,
  completedEvent,
  completedSubject,
  type RecordedSpend,
  type Spend,
} from '../domain/spend.ts';
import { keepReply } from './replies.repository.ts';

/** Younger rows are not listed: one that began earlier may still commit. */
const SETTLING = "interval '5 seconds'";

const CREATED_AT = `to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Columns of llm_costs with their types, in the order of `valuesOf`. */
const TYPES = {
  id: 'uuid',
  request_id: 'uuid',
  tenant_id: 'text',
  key_id: 'text',
  run_id: 'uuid',
  agent_id: 'uuid',
  purpose: 'text',
  provider: 'text',
  model: 'text',
  response_model: 'text',
  input_tokens: 'bigint',
  cache_read_tokens: 'bigint',
  cache_write_tokens: 'bigint',
  output_tokens: 'bigint',
  reasoning_tokens: 'bigint',
  cost_microcents: 'bigint',
  latency_ms: 'bigint',
  status: 'text',
  is_estimated: 'boolean',
  traceparent: 'text',
} as const;

const COLUMNS = Object.keys(TYPES).join(', ');

const ARRAYS = Object.values(TYPES)
  .map((type, at) => `$${at + 1}::${type}[]`)
  .join(', ');

const INSERT = `
  insert into router.llm_costs (${COLUMNS})
  select * from unnest(${ARRAYS})
  on conflict (request_id) do nothing
  returning request_id, ${CREATED_AT} as created_at`;

const LIST = `
  select ${COLUMNS}, ${CREATED_AT} as created_at from router.llm_costs
  where created_at >= $1 and created_at < now() - ${SETTLING}
    and ($2::timestamptz is null or (created_at, id) > ($2, $3::uuid))
  order by llm_costs.created_at, id limit $4`;

const insertedRow = z.object({ request_id: z.string(), created_at: z.string() });

/** 64-bit columns arrive as text. */
const wholeNumber = z.string().transform(Number).pipe(z.int());

const listedRow = z.object({
  id: z.string(),
  request_id: z.string(),
  tenant_id: z.string(),
  key_id: z.string().nullable(),
  run_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  purpose: z.enum(SPEND_PURPOSES),
  provider: z.string(),
  model: z.string(),
  response_model: z.string(),
  input_tokens: wholeNumber,
  cache_read_tokens: wholeNumber,
  cache_write_tokens: wholeNumber,
  output_tokens: wholeNumber,
  reasoning_tokens: wholeNumber,
  cost_microcents: wholeNumber,
  latency_ms: wholeNumber,
  status: z.enum(SPEND_STATUSES),
  is_estimated: z.boolean(),
  traceparent: z.string(),
  created_at: z.string(),
});

/** The table llm_costs: written and listed over all tenants, by the login for background work. */
export function spendRepository(database: Pick<SqlTenantDatabase, 'ping'>, systemPool: Pool): SpendStore {
  return {
    record: async (calls) => {
      try {
        await inTransaction(systemPool, (client) => record(client, calls));
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
async function record(client: PoolClient, calls: readonly PaidCall[]): Promise<void> {
  const { rows } = await client.query(INSERT, arraysOf(calls.map(({ spend }) => spend)));
  const createdAtOf = new Map(rows.map((row) => createdAt(insertedRow.parse(row))));
  const written = calls.flatMap((call) => {
    const at = createdAtOf.get(call.spend.requestId);
    return at === undefined ? [] : [{ ...call, spend: { ...call.spend, createdAt: at } }];
  });
  await addToOutbox(
    client,
    'router',
    written.map(({ spend }) => messageOf(spend)),
  );
  for (const { kept } of written) if (kept !== undefined) await keepReply(client, kept);
}

function createdAt({ request_id: requestId, created_at: at }: z.infer<typeof insertedRow>) {
  return [requestId, at] as const;
}

function messageOf(spend: RecordedSpend): OutboxMessage {
  const event = completedEvent(spend);
  const { tenantId, traceparent } = spend;
  return {
    id: event.id,
    tenantId,
    subject: completedSubject(spend),
    traceparent,
    payload: JSON.stringify(event),
  };
}

/** A column of values for each column of the table. */
function arraysOf(spends: readonly Spend[]): unknown[][] {
  const columns: unknown[][] = Object.keys(TYPES).map(() => []);
  for (const spend of spends) {
    for (const [at, value] of valuesOf(spend).entries()) columns[at]?.push(value);
  }
  return columns;
}

/** In the order of TYPES. */
function valuesOf(spend: Spend): (string | number | boolean | null)[] {
  return [
    spend.id,
    spend.requestId,
    spend.tenantId,
    spend.keyId,
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
    spend.reasoningTokens,
    spend.costMicrocents,
    spend.latencyMs,
    spend.status,
    spend.isEstimated,
    spend.traceparent,
  ];
}

function toSpend(row: z.infer<typeof listedRow>) {
  return {
    id: row.id,
    requestId: row.request_id,
    tenantId: row.tenant_id,
    keyId: row.key_id,
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
    reasoningTokens: row.reasoning_tokens,
    costMicrocents: row.cost_microcents,
    latencyMs: row.latency_ms,
    status: row.status,
    isEstimated: row.is_estimated,
    traceparent: row.traceparent,
    createdAt: row.created_at,
  };
}

import { llmCompletion } from '@aos/contracts';
import type { Pool, PoolClient, SqlTenantDatabase } from '@aos/database';
import { z } from 'zod';
import type { Claim, ClaimResult, PaidCall, ReplyStore } from '../application/ports.ts';

/** How long a reply is kept. */
const KEPT = "interval '1 hour'";

/** Takes the key if nobody has it, if its reply is forgotten, or if the process that had it for the same request died. */
const CLAIM = `
  insert into router.llm_replies as r
    (tenant_id, idempotency_key, request_hash, status, claim_id, lease_until, expires_at)
  values ($1, $2, $3, 'pending', $4, now() + $5 * interval '1 millisecond', now() + ${KEPT})
  on conflict (tenant_id, idempotency_key) do update
    set request_hash = excluded.request_hash, status = 'pending', claim_id = excluded.claim_id,
      lease_until = excluded.lease_until, reply = null, created_at = now(), expires_at = excluded.expires_at
    where r.expires_at <= now()
      or (r.status = 'pending' and r.lease_until <= now() and r.request_hash = excluded.request_hash)
  returning true`;

const FIND = `
  select request_hash = $3 as is_same, reply from router.llm_replies
  where tenant_id = $1 and idempotency_key = $2`;

const foundRow = z.object({ is_same: z.boolean(), reply: llmCompletion.nullable() });

/** The table llm_replies. */
export function repliesRepository(database: SqlTenantDatabase): ReplyStore {
  return {
    claim: (claim, leaseMs) =>
      database.transaction(claim.tenantId, (client) => claimKey(client, claim, leaseMs)),

    renew: (claim, leaseMs) =>
      database.transaction(claim.tenantId, async (client) => {
        await client.query(
          `update router.llm_replies set lease_until = now() + $4 * interval '1 millisecond'
           where tenant_id = $1 and idempotency_key = $2 and claim_id = $3 and status = 'pending'`,
          [...placeOf(claim), leaseMs],
        );
      }),

    free: (claim) =>
      database.transaction(claim.tenantId, async (client) => {
        await client.query(
          `delete from router.llm_replies
           where tenant_id = $1 and idempotency_key = $2 and claim_id = $3 and status = 'pending'`,
          placeOf(claim),
        );
      }),
  };
}

/** Keeps the reply in the transaction that records its spend; a claim that was taken over keeps nothing. */
export async function keepReply(
  client: PoolClient,
  { claim, completion }: NonNullable<PaidCall['kept']>,
): Promise<void> {
  await client.query(
    `update router.llm_replies set status = 'done', reply = $4, expires_at = now() + ${KEPT}
     where tenant_id = $1 and idempotency_key = $2 and claim_id = $3`,
    [...placeOf(claim), JSON.stringify(completion)],
  );
}

/** Deletes what is kept no longer, of all tenants. */
export async function sweepReplies(systemPool: Pool): Promise<void> {
  await systemPool.query('delete from router.llm_replies where expires_at <= now()');
}

async function claimKey(client: PoolClient, claim: Claim, leaseMs: number): Promise<ClaimResult> {
  const { tenantId, key, requestHash, claimId } = claim;
  const claimed = await client.query(CLAIM, [tenantId, key, requestHash, claimId, leaseMs]);
  if (claimed.rowCount === 1) return { state: 'claimed' };
  const { rows } = await client.query(FIND, [tenantId, key, requestHash]);
  // Given back a moment ago.
  if (rows.length === 0) return { state: 'pending' };
  const { is_same: isSame, reply } = foundRow.parse(rows[0]);
  if (!isSame) return { state: 'conflict' };
  return reply === null ? { state: 'pending' } : { state: 'kept', completion: reply };
}

function placeOf({ tenantId, key, claimId }: Claim): [string, string, string] {
  return [tenantId, key, claimId];
}

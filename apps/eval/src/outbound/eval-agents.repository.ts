import type { Pool, PoolClient, SqlTenantDatabase } from '@aos/database';
import { succeed } from '@aos/contracts';
import type { EvalAgents } from '../application/evaluation-work.ts';

/** How old what is known of the table may be when an agent is said not to be in it. */
const KNOWN_MS = 2_000;

/** The table agents: which agent of a tenant runs golden tasks. Pool, and transactions on it, of the login aos_engine. */
export function evalAgentsRepository(pool: Pool, database: SqlTenantDatabase): EvalAgents {
  let known = new Set<string>();
  let readAtMs = Number.NEGATIVE_INFINITY;
  return {
    agentOf: async (tenantId, create, insteadOf) => {
      const agent = await database.transaction(tenantId, async (client) => {
        const first = await agentOf(client, tenantId);
        if (first !== undefined && first !== insteadOf) return succeed(first);
        // Held while the agent is made, so that a tenant gets one even when processes start at once.
        await client.query("select pg_advisory_xact_lock(hashtext('eval.agents'), hashtext($1))", [tenantId]);
        const current = await agentOf(client, tenantId);
        if (current !== undefined && current !== insteadOf) return succeed(current);
        const created = await create();
        if (created.ok) await keep(client, tenantId, created.value);
        return created;
      });
      if (agent.ok) known.add(agent.value);
      return agent;
    },

    isEvalAgent: async (agentId) => {
      if (!known.has(agentId) && performance.now() - readAtMs > KNOWN_MS) {
        readAtMs = performance.now();
        const { rows } = await pool.query<{ agent_id: string }>('select agent_id from eval.agents');
        known = new Set(rows.map((row) => row.agent_id));
      }
      return known.has(agentId);
    },
  };
}

async function keep(client: PoolClient, tenantId: string, agentId: string): Promise<void> {
  await client.query(
    `insert into eval.agents (tenant_id, agent_id) values ($1, $2)
     on conflict (tenant_id) do update set agent_id = excluded.agent_id`,
    [tenantId, agentId],
  );
}

async function agentOf(client: PoolClient, tenantId: string): Promise<string | undefined> {
  const { rows } = await client.query<{ agent_id: string }>(
    'select agent_id from eval.agents where tenant_id = $1',
    [tenantId],
  );
  return rows[0]?.agent_id;
}

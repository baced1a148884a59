import type { PoolClient, SqlTenantDatabase } from '@aos/database';
import { succeed } from '@aos/contracts';
import type { EvalAgents } from '../application/evaluation-work.ts';

/** The table agents: which agent of a tenant runs golden tasks. `database`: transactions of the login aos_engine. */
export function evalAgentsRepository(database: SqlTenantDatabase): EvalAgents {
  return {
    agentOf: (tenantId, create, insteadOf) =>
      database.transaction(tenantId, async (client) => {
        const known = await agentOf(client, tenantId);
        if (known !== undefined && known !== insteadOf) return succeed(known);
        // Held while the agent is made, so that a tenant gets one even when processes start at once.
        await client.query("select pg_advisory_xact_lock(hashtext('eval.agents'), hashtext($1))", [tenantId]);
        const current = await agentOf(client, tenantId);
        if (current !== undefined && current !== insteadOf) return succeed(current);
        const created = await create();
        if (!created.ok) return created;
        await client.query(
          `insert into eval.agents (tenant_id, agent_id) values ($1, $2)
           on conflict (tenant_id) do update set agent_id = excluded.agent_id`,
          [tenantId, created.value],
        );
        return created;
      }),
  };
}

async function agentOf(client: PoolClient, tenantId: string): Promise<string | undefined> {
  const { rows } = await client.query<{ agent_id: string }>(
    'select agent_id from eval.agents where tenant_id = $1',
    [tenantId],
  );
  return rows[0]?.agent_id;
}

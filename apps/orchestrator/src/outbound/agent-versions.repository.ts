import { errorOf, fail, succeed } from '@aos/contracts';
import { isDatabaseUnavailable, type Pool } from '@aos/database';
import type { AgentVersions } from '../application/planner/model-planner.ts';
import { run, type Statement } from './engine-store/connection.ts';

/** A process of an older release keeps no versions: then the agent as it is now. */
const FIND: Statement = {
  name: 'agent_version',
  text: `
    select coalesce(v.spec, a.spec) as spec from orchestrator.agents a
    left join orchestrator.agent_versions v
      on v.tenant_id = a.tenant_id and v.agent_id = a.agent_id and v.version = $3::int
    where a.tenant_id = $1 and a.agent_id = $2::uuid`,
};

interface VersionRow {
  spec: { instructions?: string; skills?: string[]; model?: string };
}

/** Agents as the engine reads them, of whichever tenant. `pool` logs in as aos_engine. */
export function agentVersionsRepository(pool: Pool): AgentVersions {
  return {
    find: async ({ tenantId, agentId }, version) => {
      try {
        const [row] = await run<VersionRow>(pool, FIND, [tenantId, agentId, version]);
        if (row === undefined) return fail(errorOf('not_found', `no agent ${agentId}`));
        const { instructions = '', skills = [], model = null } = row.spec;
        return succeed({ instructions, skills, model });
      } catch (error) {
        if (!isDatabaseUnavailable(error)) throw error;
        return fail(errorOf('unavailable', 'the database is not available', { retryAfterMs: 1_000 }));
      }
    },
  };
}

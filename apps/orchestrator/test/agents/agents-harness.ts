import { randomUUID } from 'node:crypto';
import type { Agent, InputOf, RequestContext, agentsCreate } from '@aos/contracts';
import { createPool, type Pool } from '@aos/database';
import { orchestratorDatabase } from '@aos/database/orchestrator';
import { createLogger } from '@aos/telemetry';
import { testPostgres } from '@aos/testing';
import type { AgentStore } from '../../src/application/agent-store.ts';
import { createAgent } from '../../src/application/create-agent.ts';
import type { SkillRegistry } from '../../src/domain/skill/skill.ts';
import { agentsRepository } from '../../src/outbound/agents.repository.ts';
import { createSkillRegistry } from '../../src/outbound/skills/skill-registry.ts';
import { keysFolder, noMessages, noModels } from '../skills/skill-harness.ts';

export const limits = { maxSteps: 50, maxConcurrentRuns: 5 };

export interface AgentsHarness {
  agents: AgentStore;
  skills: SkillRegistry;
  /** Past row security. */
  admin: Pool;
  /** Login aos_engine. */
  systemUrl: string;
  created(context: RequestContext, more?: Partial<InputOf<typeof agentsCreate>>): Promise<Agent>;
  /** Sets what is the engine's to count. */
  setCounters(agentId: string, assignments: string): Promise<void>;
  close(): Promise<void>;
}

/** The agents of a fresh database, with the built-in skills. */
export async function startAgents(): Promise<AgentsHarness> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const postgres = await testPostgres();
  const app = createPool({ url: postgres.appUrl, applicationName: 'test', max: 5, logger });
  const admin = createPool({ url: postgres.adminUrl, applicationName: 'test-admin', max: 2, logger });
  const agents = agentsRepository(orchestratorDatabase(app));
  const skills = await createSkillRegistry(
    {
      ENV: 'test',
      EGRESS_ALLOW: [],
      EGRESS_DENY: [],
      WEBHOOK_KEYS_PATH: keysFolder(),
      WEBHOOK_KEY_VERSION: 'v1',
      DEFAULT_EST_COST_CENTS: 50,
    },
    { models: noModels, messages: noMessages },
  );
  return {
    agents,
    skills,
    admin,
    systemUrl: postgres.systemUrl,
    created: async (context, more = {}) => {
      const input = { name: 'Ada', instructions: '', skills: [], model: null, budget_cents: 0, ...more };
      const outcome = await createAgent(agents, skills, limits)(context, input);
      if (!outcome.ok) throw new Error(outcome.error.message);
      return outcome.value;
    },
    setCounters: async (agentId, assignments) => {
      await admin.query(`update orchestrator.agent_budgets set ${assignments} where agent_id = $1`, [
        agentId,
      ]);
    },
    close: async () => {
      await app.end();
      await admin.end();
      await postgres.close();
    },
  };
}

/** A request of a tenant nobody else uses. */
export function newTenant(): RequestContext {
  return {
    tenantId: `t-${randomUUID()}`,
    actor: { id: 'key:test', level: 3 },
    requestId: randomUUID(),
    deadlineMs: Date.now() + 10_000,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    signal: new AbortController().signal,
  };
}

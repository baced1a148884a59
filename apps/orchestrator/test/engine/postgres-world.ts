import { createPool, type Pool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { testPostgres } from '@aos/testing';
import { v7 as newId } from 'uuid';
import { postgresEngineStore } from '../../src/outbound/engine-store.repository.ts';
import { mailboxRepository } from '../../src/outbound/mailbox.repository.ts';
import { workerLock } from '../../src/outbound/worker-lock.ts';
import type { StoreWorld } from './store-world.ts';

const INSERT_AGENT = `
  with agent as (
    insert into orchestrator.agents (tenant_id, agent_id, version, spec, name) values ($1, $2, 1, '{}', 'Ada')
    returning tenant_id, agent_id)
  insert into orchestrator.agent_budgets (tenant_id, agent_id, budget_microcents, max_concurrent_runs)
  select tenant_id, agent_id, $3, $4 from agent`;

const COUNTERS = `
  select reserved_microcents::float8 as reserved, spent_microcents::float8 as spent, open_runs as "openRuns"
  from orchestrator.agent_budgets where agent_id = $1`;

interface PostgresWorld extends StoreWorld {
  /** Looks past row security. */
  admin: Pool;
  /** Login aos_engine. */
  systemUrl: string;
  /** Login aos_app. */
  appUrl: string;
}

/** A fresh database. */
export async function openPostgresWorld(): Promise<PostgresWorld> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const database = await testPostgres();
  const pool = createPool({ url: database.systemUrl, applicationName: 'test', max: 8, logger });
  const admin = createPool({ url: database.adminUrl, applicationName: 'test-admin', max: 2, logger });
  return {
    admin,
    systemUrl: database.systemUrl,
    appUrl: database.appUrl,
    store: postgresEngineStore(pool, { maxStepsDefault: 50 }),
    mailbox: mailboxRepository(pool),
    addAgent: async ({
      tenantId = `t-${newId()}`,
      budgetMicrocents = 0,
      maxConcurrentRuns = 10_000,
    } = {}) => {
      const agentId = newId();
      await admin.query(INSERT_AGENT, [tenantId, agentId, budgetMicrocents, maxConcurrentRuns]);
      return { tenantId, agentId, agentKey: `${tenantId}/${agentId}` };
    },
    lock: async (workerId) => {
      const own = createPool({ url: database.systemUrl, applicationName: 'test-lock', max: 1, logger });
      await workerLock(own, workerId)();
      return () => own.end();
    },
    counters: async ({ agentId }) => (await admin.query(COUNTERS, [agentId])).rows[0],
    close: async () => {
      await pool.end();
      await admin.end();
      await database.close();
    },
  };
}

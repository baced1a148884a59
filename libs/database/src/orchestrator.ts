import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, type Prisma } from './generated/orchestrator/client.ts';
import { createPool, type Pool } from './pool.ts';
import {
  TRANSACTION_LIMITS,
  tenantDatabase,
  type DatabaseOptions,
  type TenantDatabase,
} from './tenant-database.ts';

export { Prisma } from './generated/orchestrator/client.ts';
export type {
  Agent,
  AgentBudget,
  Message,
  Run,
  RunEvent,
  RunSignal,
} from './generated/orchestrator/client.ts';
export type OrchestratorTransaction = Prisma.TransactionClient;
export type OrchestratorDatabase = TenantDatabase<OrchestratorTransaction>;

/** The tables of the orchestrator as its request handlers see them: login aos_app. */
export function openOrchestratorDatabase({ url, logger, max = 10 }: DatabaseOptions): OrchestratorDatabase {
  return orchestratorDatabase(createPool({ url, applicationName: 'aos-orchestrator', max, logger }));
}

/** The same on a pool, which it closes. */
export function orchestratorDatabase(pool: Pool): OrchestratorDatabase {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool), transactionOptions: TRANSACTION_LIMITS });
  return tenantDatabase<OrchestratorTransaction>(prisma, pool);
}

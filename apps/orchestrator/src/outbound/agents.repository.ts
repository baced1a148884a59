import { planningMode, replanMoment, runOnFailure } from '@aos/contracts';
import type {
  Agent,
  AgentBudget,
  OrchestratorDatabase,
  OrchestratorTransaction,
} from '@aos/database/orchestrator';
import { z } from 'zod';
import type { AgentStore } from '../application/agent-store.ts';
import type { AgentFields, AgentRecord } from '../domain/agent.ts';

/** What the column `spec` holds; the rest of an agent has columns of its own. */
const storedSpec = z.object({
  instructions: z.string(),
  skills: z.array(z.string()),
  model: z.string().optional(),
  max_steps: z.int().optional(),
  on_failure: runOnFailure.optional(),
  planning_mode: planningMode.optional(),
  replan: replanMoment.optional(),
});

type StoredSpec = z.infer<typeof storedSpec>;

const UNFINISHED = ['queued', 'running', 'waiting'];

/** The tables agents, agent_versions and agent_budgets within a tenant. The counters of agent_budgets are the engine's. */
export function agentsRepository(database: OrchestratorDatabase): AgentStore {
  return {
    insert: (tenantId, { agentId, createdAt, name, budgetMicrocents, maxConcurrentRuns, ...rest }) =>
      database.transaction(tenantId, async (tx) => {
        const spec = specOf(rest);
        const agent = await tx.agent.create({
          data: { tenantId, agentId, version: 1, name, spec, createdAt, updatedAt: createdAt },
        });
        await tx.agentVersion.create({ data: { tenantId, agentId, version: 1, spec, createdAt } });
        const budget = await tx.agentBudget.create({
          data: { tenantId, agentId, budgetMicrocents: BigInt(budgetMicrocents), maxConcurrentRuns },
        });
        return recordOf(agent, budget);
      }),

    find: (tenantId, agentId) =>
      database.transaction(tenantId, async (tx) => {
        const agent = await tx.agent.findFirst({ where: { tenantId, agentId, deletedAt: null } });
        return agent === null ? undefined : withBudget(tx, agent);
      }),

    list: (tenantId, { before, limit }) =>
      database.transaction(tenantId, async (tx) => {
        const agents = await tx.agent.findMany({
          where: { tenantId, deletedAt: null, ...(before !== undefined && { OR: isBefore(before) }) },
          orderBy: [{ createdAt: 'desc' }, { agentId: 'desc' }],
          take: limit,
        });
        const ids = agents.map(({ agentId }) => agentId);
        const budgets = await tx.agentBudget.findMany({ where: { tenantId, agentId: { in: ids } } });
        const byId = new Map(budgets.map((budget) => [budget.agentId, budget]));
        return agents.map((agent) => recordOf(agent, byId.get(agent.agentId)));
      }),

    update: (tenantId, agentId, changes) =>
      database.transaction(tenantId, (tx) => update(tx, { tenantId, agentId }, changes)),

    delete: (tenantId, agentId) => database.transaction(tenantId, (tx) => remove(tx, { tenantId, agentId })),
  };
}

interface AgentKey {
  tenantId: string;
  agentId: string;
}

async function update(
  tx: OrchestratorTransaction,
  key: AgentKey,
  changes: Partial<AgentFields>,
): Promise<AgentRecord | undefined> {
  // Counting the version locks the row: changes at the same time come one after the other, and none is lost.
  const where = { ...key, deletedAt: null };
  const { count } = await tx.agent.updateMany({ where, data: { version: { increment: 1 } } });
  if (count === 0) return undefined;
  const found = await tx.agent.findUniqueOrThrow({ where: { tenantId_agentId: key } });
  const { name, budgetMicrocents, maxConcurrentRuns } = changes;
  const spec = specOf({ ...fieldsOf(storedSpec.parse(found.spec)), ...changes });
  const updatedAt = new Date();
  const agent = await tx.agent.update({
    where: { tenantId_agentId: key },
    data: { ...(name !== undefined && { name }), spec, updatedAt },
  });
  const { version } = agent;
  await tx.agentVersion.create({ data: { ...key, version, spec, createdAt: updatedAt } });
  await tx.agentBudget.updateMany({
    where: key,
    data: {
      ...(budgetMicrocents !== undefined && { budgetMicrocents: BigInt(budgetMicrocents) }),
      ...(maxConcurrentRuns !== undefined && { maxConcurrentRuns }),
    },
  });
  return withBudget(tx, agent);
}

async function remove(
  tx: OrchestratorTransaction,
  key: AgentKey,
): Promise<'deleted' | 'has_runs' | 'not_found'> {
  const { tenantId, agentId } = key;
  // Submits lock this row, too: none comes between looking and deleting.
  await tx.$queryRaw`select 1 from orchestrator.agent_budgets
    where tenant_id = ${tenantId} and agent_id = ${agentId}::uuid for update`;
  const unfinished = await tx.run.findFirst({
    where: { ...key, status: { in: UNFINISHED } },
    select: { runId: true },
  });
  if (unfinished !== null) return 'has_runs';
  const deletedAt = new Date();
  const { count } = await tx.agent.updateMany({ where: { ...key, deletedAt: null }, data: { deletedAt } });
  // A submit that waited for the lock read the agent before it was deleted; this it reads anew.
  await tx.agentBudget.updateMany({ where: key, data: { maxConcurrentRuns: 0 } });
  return count === 0 ? 'not_found' : 'deleted';
}

async function withBudget(tx: OrchestratorTransaction, agent: Agent): Promise<AgentRecord> {
  const { tenantId, agentId } = agent;
  const budget = await tx.agentBudget.findUnique({ where: { tenantId_agentId: { tenantId, agentId } } });
  return recordOf(agent, budget ?? undefined);
}

function recordOf(agent: Agent, budget: AgentBudget | undefined): AgentRecord {
  if (budget === undefined) throw new Error(`agent ${agent.agentId} has no budget row`);
  const { agentId, tenantId, version, name, createdAt, updatedAt } = agent;
  return {
    agentId,
    tenantId,
    version,
    name,
    ...fieldsOf(storedSpec.parse(agent.spec)),
    budgetMicrocents: Number(budget.budgetMicrocents),
    reservedMicrocents: Number(budget.reservedMicrocents),
    spentMicrocents: Number(budget.spentMicrocents),
    openRuns: budget.openRuns,
    maxConcurrentRuns: budget.maxConcurrentRuns,
    createdAt,
    updatedAt,
  };
}

type SpecFields = Pick<
  AgentFields,
  'instructions' | 'skills' | 'model' | 'maxSteps' | 'onFailure' | 'planningMode' | 'replan'
>;

function specOf({ model, maxSteps, onFailure, planningMode, ...said }: SpecFields): StoredSpec {
  const { instructions, skills, replan } = said;
  return {
    instructions,
    skills,
    ...(model !== null && { model }),
    ...(maxSteps !== null && { max_steps: maxSteps }),
    on_failure: onFailure,
    planning_mode: planningMode,
    replan,
  };
}

function fieldsOf({ planning_mode, on_failure, replan, model, max_steps, ...said }: StoredSpec): SpecFields {
  return {
    ...said,
    model: model ?? null,
    maxSteps: max_steps ?? null,
    onFailure: on_failure ?? 'compensate',
    planningMode: planning_mode ?? 'plan',
    replan: replan ?? 'on_failure',
  };
}

/** The rows after a place of a list that is newest first. */
function isBefore({ createdAt, agentId }: { createdAt: Date; agentId: string }) {
  return [{ createdAt: { lt: createdAt } }, { createdAt, agentId: { lt: agentId } }];
}

import type { RunStatus } from '@aos/contracts';
import type { OrchestratorDatabase, Prisma } from '@aos/database/orchestrator';
import type { RunFinder, RunSearch } from '../application/ops/bulk-runs.ts';

/** Runs by what is known of them, within the tenant. */
export function runFinderRepository(database: OrchestratorDatabase): RunFinder {
  return {
    find: (tenantId, search, limit) =>
      database.transaction(tenantId, async (tx) => {
        const where = whereOf(tenantId, search);
        const found = await tx.run.findMany({
          where,
          select: { runId: true, status: true, goal: true },
          orderBy: { runId: 'desc' },
          take: limit,
        });
        const matched = found.length < limit ? found.length : await tx.run.count({ where });
        // A check constraint of the table holds the status.
        return { runs: found.map((run) => ({ ...run, status: run.status as RunStatus })), matched };
      }),
  };
}

function whereOf(tenantId: string, search: RunSearch): Prisma.RunWhereInput {
  const { statuses, agentId, labels, createdBefore, createdAfter, before } = search;
  return {
    tenantId,
    status: { in: [...statuses] },
    ...(agentId === undefined ? {} : { agentId }),
    ...(before === undefined ? {} : { runId: { lt: before } }),
    createdAt: {
      ...(createdBefore === undefined ? {} : { lt: createdBefore }),
      ...(createdAfter === undefined ? {} : { gte: createdAfter }),
    },
    AND: Object.entries(labels).map(([name, value]) => ({ labels: { path: [name], equals: value } })),
  };
}

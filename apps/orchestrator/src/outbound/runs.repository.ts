import type { OrchestratorDatabase, Run } from '@aos/database/orchestrator';
import type { RunStatus } from '@aos/contracts';
import type { RunReader } from '../application/run-reader.ts';
import { runDay } from '../domain/run/run-day.ts';
import type { RunEvent } from '../domain/run/state.ts';
import type { RunRecord } from '../domain/run/view.ts';

/** Runs and their journals as request handlers read them: within the tenant. */
export function runsRepository(database: OrchestratorDatabase): RunReader {
  return {
    find: (tenantId, runId) =>
      database.transaction(tenantId, async (tx) => {
        const run = await tx.run.findUnique({ where: { runId } });
        return run === null ? undefined : toRecord(run);
      }),

    findWithJournal: (tenantId, runId) =>
      database.transaction(tenantId, async (tx) => {
        const run = await tx.run.findUnique({ where: { runId } });
        if (run === null) return undefined;
        const rows = await tx.runEvent.findMany({
          where: { runDay: new Date(runDay(runId)), runId },
          orderBy: { runSeq: 'asc' },
        });
        return { record: toRecord(run), events: rows.map(toEvent) };
      }),

    events: (tenantId, runId, { after, limit }) =>
      database.transaction(tenantId, async (tx) => {
        const run = await tx.run.findUnique({
          where: { runId },
          select: { agentId: true, traceparent: true },
        });
        if (run === null) return undefined;
        const rows = await tx.runEvent.findMany({
          where: { runDay: new Date(runDay(runId)), runId, runSeq: { gt: after } },
          orderBy: { runSeq: 'asc' },
          take: limit,
        });
        return { agentId: run.agentId, traceparent: run.traceparent ?? '', events: rows.map(toEvent) };
      }),

    list: (tenantId, { agentId, status, parentRunId, before, limit }) =>
      database.transaction(tenantId, async (tx) => {
        const rows = await tx.run.findMany({
          where: {
            ...(agentId === undefined ? {} : { agentId }),
            ...(status === undefined ? {} : { status }),
            ...(parentRunId === undefined ? {} : { parentRunId }),
            ...(before === undefined ? {} : { runId: { lt: before } }),
          },
          orderBy: { runId: 'desc' },
          take: limit,
        });
        return rows.map(toRecord);
      }),
  };
}

function toRecord(run: Run): RunRecord {
  return {
    runId: run.runId,
    agentId: run.agentId,
    tenantId: run.tenantId,
    status: run.status as RunStatus, // a check constraint of the table holds it
    goal: run.goal,
    labels: run.labels as Record<string, string>,
    priority: run.priority,
    costMicrocents: Number(run.costMicrocents),
    reservedMicrocents: Number(run.reservedMicrocents),
    parent: run.parentRunId === null ? null : { runId: run.parentRunId, stepId: run.parentStepId ?? '' },
    waitingReason: run.waitingReason,
    nextAttemptAt: run.readyAt?.toISOString() ?? null,
    createdAt: run.createdAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}

function toEvent(row: { runSeq: number; type: string; time: Date; payload: unknown }): RunEvent {
  // The journal holds only what the engine wrote, so the row is taken at its word.
  return { seq: row.runSeq, type: row.type, time: row.time.toISOString(), data: row.payload } as RunEvent;
}

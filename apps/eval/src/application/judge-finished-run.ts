import { succeed, type StructuredOutcome } from '@aos/contracts';
import { checkRun } from './check-run.ts';
import type { TaskParts } from './task-parts.ts';

export interface FinishedRun {
  tenantId: string;
  agentId: string;
  runId: string;
}

/** Judges a run that is said to have ended, if an evaluation waits for it. Most are those of other agents: they cost nothing. */
export function judgeFinishedRun(parts: TaskParts, signal: AbortSignal) {
  return async ({ tenantId, agentId, runId }: FinishedRun): Promise<StructuredOutcome<null>> => {
    if (!(await parts.agents.isEvalAgent(agentId))) return succeed(null);
    const task = await parts.work.taskOfRun(tenantId, runId);
    return task === undefined ? succeed(null) : checkRun(parts, task, signal);
  };
}

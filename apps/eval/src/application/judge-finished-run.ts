import { succeed, type StructuredOutcome } from '@aos/contracts';
import { checkRun } from './check-run.ts';
import type { TaskParts } from './task-parts.ts';

interface FinishedRun {
  tenantId: string;
  runId: string;
}

/** Judges a run that is said to have ended, if an evaluation waits for it; the runs of others are not looked at. */
export function judgeFinishedRun(parts: TaskParts, signal: AbortSignal) {
  return async ({ tenantId, runId }: FinishedRun): Promise<StructuredOutcome<null>> => {
    const task = await parts.work.taskOfRun(tenantId, runId);
    return task === undefined ? succeed(null) : checkRun(parts, task, signal);
  };
}

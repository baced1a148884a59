import { succeed, type RequestContext, type StructuredOutcome } from '@aos/contracts';
import { isFinished, judgedEnding, overdueEnding, unjudgedEnding } from '../domain/task-ending.ts';
import type { RunningTask } from './evaluation-work.ts';
import { serviceContext } from './service-context.ts';
import { endTask, type TaskParts } from './task-parts.ts';

/** How often a run is looked at whose end no event has told. */
const LOOK_MS = 3_000;
const LOOK_SOON_MS = 200;

/**
 * Looks at the run of a task: judged when it has ended, cancelled when its time is over. Fails, retryably, where it
 * cannot be known now.
 */
export async function checkRun(
  parts: TaskParts,
  task: RunningTask,
  signal: AbortSignal,
): Promise<StructuredOutcome<null>> {
  const { work, runs } = parts;
  const context = serviceContext({ tenantId: task.tenantId, traceparent: task.traceparent, signal });
  const found = await runs.get(context, task.runId);
  if (!found.ok && found.error.retryable) {
    await work.lookAgain(task, LOOK_MS);
    return found;
  }
  if (!found.ok) {
    const { code, message } = found.error;
    await endTask(parts, task, unjudgedEnding(`its run cannot be read: ${code}: ${message}`));
  } else if (isFinished(found.value)) {
    await endTask(parts, task, judgedEnding(task.golden, found.value, parts.newChecks()));
  } else if (!task.isOverdue) {
    await work.lookAgain(task, LOOK_MS);
  } else if (await isCancelled(parts, task, context)) {
    await endTask(parts, task, overdueEnding(task.golden, found.value));
  } else {
    await work.lookAgain(task, LOOK_SOON_MS);
  }
  return succeed(null);
}

/** False: it could not be asked for, or the run has ended just now. */
async function isCancelled(
  { runs }: TaskParts,
  { runId, golden }: RunningTask,
  context: RequestContext,
): Promise<boolean> {
  const reason = `golden task ${golden.name}: not finished within ${golden.timeout_seconds} s`;
  return (await runs.cancel(context, runId, reason)).ok;
}

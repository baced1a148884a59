import { checkRun } from './check-run.ts';
import type { HeldEvaluation, OpenTask, RunningTask } from './evaluation-work.ts';
import { submitTask } from './submit-task.ts';
import type { TaskParts } from './task-parts.ts';

/** Does what is due of an evaluation: looks at its runs, submits as many more as may run at once. */
export function advanceEvaluation(parts: TaskParts, { concurrency }: { concurrency: number }) {
  return async (evaluation: HeldEvaluation, signal: AbortSignal): Promise<void> => {
    const tasks = await parts.work.openTasks(evaluation);
    const running = tasks.filter(isRunning);
    const due = running.filter(({ isDue }) => isDue);
    await Promise.all(due.map((task) => checkRun(parts, task, signal)));
    const pending = tasks.filter((task) => !isRunning(task) && task.isDue);
    const next = pending.slice(0, Math.max(0, concurrency - running.length));
    await Promise.all(next.map((task) => submitTask(parts, task, signal)));
  };
}

function isRunning(task: OpenTask): task is RunningTask {
  return task.runId !== null;
}

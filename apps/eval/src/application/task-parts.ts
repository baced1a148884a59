import type { Checks } from '../domain/checks.ts';
import type { EvaluationRecord } from '../domain/evaluation.ts';
import type { TaskEnding } from '../domain/task-ending.ts';
import type { EvalAgents, EvaluationWork, OpenTask } from './evaluation-work.ts';
import type { Runs } from './runs.ts';

/** What submitting and judging tasks works with. */
export interface TaskParts {
  work: EvaluationWork;
  agents: EvalAgents;
  runs: Runs;
  newChecks: () => Checks;
  /** Called once per evaluation, when its event is stored. */
  onFinished: (evaluation: EvaluationRecord) => void;
}

/** Writes the end of a task, and of its evaluation where it was the last. */
export async function endTask(parts: TaskParts, task: OpenTask, ending: TaskEnding): Promise<void> {
  const finished = await parts.work.end(task, ending);
  if (finished !== undefined) parts.onFinished(finished);
}

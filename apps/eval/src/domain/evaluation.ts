import {
  centsOf,
  type Evaluation,
  type EvaluationSummary,
  type GoldenTask,
  type Suite,
  type TaskResult,
} from '@aos/contracts';

/** An evaluation as it is stored, its tasks counted. */
export interface EvaluationRecord {
  evaluationId: string;
  tenantId: string;
  suite: string;
  suiteVersion: number;
  status: EvaluationSummary['status'];
  taskCount: number;
  tasksPassed: number;
  /** Failed ones and those that could not be judged. */
  tasksFailed: number;
  costMicrocents: number;
  createdAt: Date;
  finishedAt: Date | null;
}

/** What an evaluation consists of when it starts; the tasks stay as they are, whatever becomes of the suite. */
export interface NewEvaluation {
  evaluationId: string;
  suite: Pick<Suite, 'name' | 'version'>;
  tasks: readonly GoldenTask[];
  traceparent: string;
}

/** Above this an answer could be too large for a message. */
const ANSWER_CHARS_MAX = 150_000;

export function summaryView(record: EvaluationRecord): EvaluationSummary {
  return {
    evaluation_id: record.evaluationId,
    tenant_id: record.tenantId,
    suite: record.suite,
    suite_version: record.suiteVersion,
    status: record.status,
    score: scoreOf(record),
    tasks_passed: record.tasksPassed,
    tasks_failed: record.tasksFailed,
    task_count: record.taskCount,
    cost_microcents: record.costMicrocents,
    cost_cents: centsOf(record.costMicrocents),
    created_at: record.createdAt.toISOString(),
    finished_at: record.finishedAt?.toISOString() ?? null,
  };
}

/** The evaluation with its tasks. Where that is too much, what was expected and found is left out, first of what holds. */
export function evaluationView(record: EvaluationRecord, tasks: readonly TaskResult[]): Evaluation {
  const whole = { ...summaryView(record), tasks: [...tasks] };
  if (JSON.stringify(whole).length <= ANSWER_CHARS_MAX) return whole;
  const brief = { ...whole, tasks: tasks.map((task) => withoutValues(task, ({ passed }) => passed)) };
  if (JSON.stringify(brief).length <= ANSWER_CHARS_MAX) return brief;
  return { ...whole, tasks: tasks.map((task) => withoutValues(task, () => true)) };
}

function withoutValues(
  task: TaskResult,
  isLeftOut: (assertion: TaskResult['assertions'][number]) => boolean,
): TaskResult {
  const assertions = task.assertions.map((assertion) =>
    isLeftOut(assertion) ? { ...assertion, expected: null, actual: null } : assertion,
  );
  return { ...task, assertions };
}

/** Passed of all, at most 6 decimals. */
export function scoreOf({
  tasksPassed,
  taskCount,
}: Pick<EvaluationRecord, 'tasksPassed' | 'taskCount'>): number {
  return taskCount === 0 ? 0 : Math.round((tasksPassed / taskCount) * 1e6) / 1e6;
}

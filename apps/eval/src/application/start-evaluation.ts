import {
  fail,
  invalidRequest,
  succeed,
  type Evaluation,
  type GoldenTask,
  type InputIssue,
  type InputOf,
  type RequestContext,
  type StructuredOutcome,
  type Suite,
  type evaluationsStart,
} from '@aos/contracts';
import { v7 as newId } from 'uuid';
import type { EvaluationStore } from './evaluation-store.ts';

interface StartParts {
  evaluations: EvaluationStore;
  findSuite: (context: RequestContext, input: { suite: string }) => Promise<StructuredOutcome<Suite>>;
  /** Called when there is one more to be worked on. */
  onStarted: () => void;
}

/** Notes the tasks of a suite down as an evaluation; they are run afterwards, by whichever process takes them. */
export function startEvaluation({ evaluations, findSuite, onStarted }: StartParts) {
  return async (
    context: RequestContext,
    { suite: name, tasks: wanted }: InputOf<typeof evaluationsStart>,
  ): Promise<StructuredOutcome<Evaluation>> => {
    const suite = await findSuite(context, { suite: name });
    if (!suite.ok) return suite;
    const issues = unknownTasks(suite.value, wanted ?? []);
    if (issues.length > 0) return fail(invalidRequest(issues));
    const tasks: GoldenTask[] = suite.value.tasks.filter((task) => wanted?.includes(task.name) ?? true);
    const started = await evaluations.insert(context.tenantId, {
      evaluationId: newId(),
      suite: suite.value,
      tasks,
      traceparent: context.traceparent,
    });
    onStarted();
    return succeed(started);
  };
}

function unknownTasks({ name, tasks }: Suite, wanted: readonly string[]): InputIssue[] {
  const names = tasks.map((task) => task.name);
  return wanted.flatMap((task, index) => {
    if (names.includes(task)) return [];
    const message = `no task ${task} in the suite ${name}; there are: ${names.slice(0, 20).join(', ')}`;
    return [{ field: `/tasks/${index}`, message }];
  });
}

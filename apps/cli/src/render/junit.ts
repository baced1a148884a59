import { stripVTControlCharacters } from 'node:util';
import type { Evaluation, GateVerdict, TaskResult } from '@aos/contracts';
import type { Builder, TestCase } from 'junit-report-builder';
import { missLines } from './evaluation.ts';

/** What XML 1.0 has no way to write (§2.2). */
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** The evaluation as JUnit XML: a test case a task, and the gate among the properties of the suite. */
export async function junitXml(evaluation: Evaluation, gate: GateVerdict): Promise<string> {
  // Loaded only here: it is large, and few command lines need it. Its types speak of another build of it.
  const { default: junit } = (await import('junit-report-builder')) as unknown as { default: Builder };
  const report = junit.newBuilder();
  const suite = report.testSuite().name(text(evaluation.suite)).timestamp(new Date(evaluation.created_at));
  suite.property('evaluation_id', evaluation.evaluation_id);
  suite.property('suite_version', String(evaluation.suite_version));
  suite.property('cost_cents', String(evaluation.cost_cents));
  suite.property('score', String(evaluation.score));
  suite.property('gate', gate.passed ? 'passed' : text(`failed: ${gate.failures.join('; ')}`));
  for (const task of evaluation.tasks) describe(suite.testCase(), task, evaluation.suite);
  return report.build();
}

function describe(testCase: TestCase, task: TaskResult, suite: string): void {
  testCase
    .name(text(task.task))
    .className(text(`aos.eval.${suite}`))
    .time(task.latency_ms / 1000)
    .property('cost_cents', String(task.cost_microcents / 1e6));
  if (task.run_id !== null) testCase.property('run_id', task.run_id);
  const [first = 'the task was not judged', ...rest] = missLines(task).map(text);
  if (task.status === 'failed') {
    testCase.failure(first, 'assertion').stacktrace([first, ...rest].join('\n'));
  } else if (task.status !== 'passed') {
    testCase.error(first, task.status, [first, ...rest].join('\n'));
  }
}

function text(value: string): string {
  return stripVTControlCharacters(value.toWellFormed()).replaceAll(NOT_IN_XML, '');
}

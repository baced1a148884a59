import type { AssertionResult, Evaluation, EvaluationSummary, GateVerdict, TaskResult } from '@aos/contracts';
import { paint, type Terminal } from '../terminal.ts';
import { statusText } from './status.ts';
import { facts, table } from './table.ts';
import { brief, cents, duration, elapsed, oneLine } from './text.ts';

/** An evaluation: its tasks in a table, below it what did not hold, and the sum. */
export function evaluationText(terminal: Terminal, evaluation: Evaluation): string {
  const rows = evaluation.tasks.map((task) => taskRow(terminal, task));
  return [
    table(terminal, ['TASK', 'STATUS', 'TOOK', 'COST', 'RESULT'], rows),
    ...evaluation.tasks.filter(hasMisses).map((task) => missesText(terminal, task)),
    summaryText(terminal, evaluation),
  ].join('\n\n');
}

/** Evaluations, a line each. */
export function evaluationsTable(terminal: Terminal, evaluations: readonly EvaluationSummary[]): string {
  const rows = evaluations.map((evaluation) => [
    evaluation.evaluation_id,
    suiteText(evaluation),
    statusText(terminal, evaluation.status),
    scoreText(evaluation),
    cents(evaluation.cost_cents),
    evaluation.created_at,
  ]);
  return table(terminal, ['EVALUATION', 'SUITE', 'STATUS', 'PASSED', 'COST', 'CREATED'], rows);
}

/** What came of the gate, and why it did not hold. */
export function gateText(terminal: Terminal, { passed, failures }: GateVerdict): string {
  if (passed) return `gate  ${paint(terminal, 'green', 'passed')}`;
  const reasons = failures.map((failure) => `  ${oneLine(failure, 300)}`);
  return [`gate  ${paint(terminal, 'red', 'failed')}`, ...reasons].join('\n');
}

/** A line for a task whose status has changed. */
export function progressText(terminal: Terminal, { task, status, latency_ms, error }: TaskResult): string {
  const took = status === 'passed' || status === 'failed' ? `  ${duration(latency_ms)}` : '';
  const why = error === null ? '' : `  ${oneLine(error, 200)}`;
  return `${oneLine(task)}  ${statusText(terminal, status)}${took}${why}`;
}

/** What did not hold of a task, a line each; for a terminal and for reports. */
export function missLines({ error, assertions }: TaskResult): string[] {
  const missed = assertions.filter(({ passed }) => !passed).flatMap(missOf);
  return error === null ? missed : [oneLine(error, 500), ...missed];
}

function missOf({ path, op, expected, actual, message }: AssertionResult): string[] {
  return [
    oneLine(`${path || '(the run)'} ${op}: ${message}`, 600),
    `  expected ${oneLine(JSON.stringify(expected), 300)}`,
    `  actual   ${oneLine(JSON.stringify(actual), 300)}`,
  ];
}

function hasMisses({ status }: TaskResult): boolean {
  return status === 'failed' || status === 'error';
}

function missesText(terminal: Terminal, task: TaskResult): string {
  const run = task.run_id === null ? '' : paint(terminal, 'dim', `  run ${task.run_id}`);
  return [`${oneLine(task.task)}${run}`, ...missLines(task).map((line) => `  ${line}`)].join('\n');
}

function taskRow(terminal: Terminal, task: TaskResult): string[] {
  const held = task.assertions.filter(({ passed }) => passed).length;
  const result = task.assertions.length === 0 ? '' : `${held} of ${task.assertions.length} assertions hold`;
  return [
    oneLine(task.task),
    statusText(terminal, task.status),
    task.latency_ms === 0 ? '' : duration(task.latency_ms),
    cents(task.cost_microcents / 1e6),
    brief(task.error, 60) || result,
  ];
}

function summaryText(terminal: Terminal, evaluation: Evaluation): string {
  return facts(terminal, [
    ['evaluation', evaluation.evaluation_id],
    ['suite', suiteText(evaluation)],
    ['status', statusText(terminal, evaluation.status)],
    ['passed', scoreText(evaluation)],
    ['cost', cents(evaluation.cost_cents)],
    ['took', elapsed(evaluation.created_at, evaluation.finished_at)],
  ]);
}

function suiteText({ suite, suite_version: version }: EvaluationSummary): string {
  return `${oneLine(suite)}${version === 0 ? '' : `, version ${version}`}`;
}

function scoreText({ tasks_passed: passed, task_count: count }: EvaluationSummary): string {
  return `${passed} of ${count}`;
}

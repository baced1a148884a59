import type { GoldenTask, Run, TaskResult } from '@aos/contracts';
import { judge } from './assert.ts';
import { boundedText } from './brief.ts';
import type { Checks } from './checks.ts';

/** How a golden task ended. */
export interface TaskEnding {
  status: 'passed' | 'failed' | 'error';
  assertions: TaskResult['assertions'];
  error: string | null;
  costMicrocents: number;
  latencyMs: number;
}

const FINISHED: readonly Run['status'][] = ['succeeded', 'failed', 'cancelled'];

export function isFinished({ status }: Run): boolean {
  return FINISHED.includes(status);
}

/** Judges a run that has ended. */
export function judgedEnding(task: GoldenTask, run: Run, checks: Checks): TaskEnding {
  const assertions = judge(task.assertions, run, checks);
  return {
    status: assertions.every(({ passed }) => passed) ? 'passed' : 'failed',
    assertions,
    error: null,
    costMicrocents: run.cost_microcents,
    latencyMs: Math.max(0, Date.parse(run.finished_at ?? run.created_at) - Date.parse(run.created_at)),
  };
}

/** The run did not end in time; what it has cost so far counts. */
export function overdueEnding({ timeout_seconds: seconds }: GoldenTask, run: Run): TaskEnding {
  return {
    ...unjudgedEnding(`the run did not end within ${seconds} s and was cancelled`),
    costMicrocents: run.cost_microcents,
    latencyMs: seconds * 1000,
  };
}

/** There is no run that could be judged. */
export function unjudgedEnding(error: string): TaskEnding {
  return { status: 'error', assertions: [], error: boundedText(error), costMicrocents: 0, latencyMs: 0 };
}

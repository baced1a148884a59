import type { InputIssue, Plan, PlanStep } from '@aos/contracts';
import type { EndedSteps } from '../plan/ended-steps.ts';
import type { Json, RunState, StepState } from './state.ts';

/** A call that has failed so often is not planned again as it is: each failure has its own retries behind it. */
const SAME_FAILURES_MAX = 2;

/** Of all steps that a run has had; with their outputs it must fit a message. */
const PLAN_BYTES_MAX = 96 * 1024;

/** What has ended of a run, for a plan that comes after it. */
export function endedSteps({ plan, steps }: RunState): EndedSteps {
  const ended = (plan?.steps ?? []).flatMap(({ step_id }): [string, boolean][] => {
    const status = steps[step_id]?.status ?? 'pending';
    return status === 'pending' ? [] : [[step_id, status === 'succeeded']];
  });
  return new Map(ended);
}

/** The plan in force as it can be run once more without a planner: what it went on without may fail. */
export function planAsRun({ plan, adaptive }: RunState): Plan | null {
  if (plan === null || adaptive === null) return plan;
  const { passedOver } = adaptive;
  const steps = plan.steps.map((step): PlanStep =>
    passedOver.includes(step.step_id) ? { ...step, on_failure: 'continue' } : step,
  );
  return { ...plan, steps };
}

/** Steps the run may still take. */
export function stepsLeft({ maxSteps, stepsFinished }: RunState): number {
  return Math.max(0, maxSteps - stepsFinished);
}

/** Whether steps of the plan in force are still to come. */
export function hasStepsToCome({ plan, steps }: RunState): boolean {
  return (plan?.steps ?? []).some(({ step_id }) => steps[step_id]?.status === 'pending');
}

/** What the engine refuses of steps that are well formed. */
export function revisionIssues(state: RunState, planned: readonly PlanStep[]): InputIssue[] {
  return [...repeatedFailures(state, planned), ...excess(state, planned)];
}

function excess({ plan, steps }: RunState, planned: readonly PlanStep[]): InputIssue[] {
  const ended = (plan?.steps ?? []).filter(({ step_id }) => steps[step_id]?.status !== 'pending');
  const bytes = Buffer.byteLength(JSON.stringify([...ended, ...planned]));
  if (bytes <= PLAN_BYTES_MAX) return [];
  const message = `with the steps that have ended the plan takes ${bytes} bytes; at most ${PLAN_BYTES_MAX} are allowed`;
  return [{ field: '/steps', message }];
}

/** Steps that would only fail again. */
function repeatedFailures(state: RunState, planned: readonly PlanStep[]): InputIssue[] {
  const failed = Object.values(state.steps).filter(({ status }) => status === 'failed');
  return planned.flatMap((step): InputIssue[] => {
    const same = failed.filter((before) => isSameCall(before, step));
    const last = same.at(-1);
    if (last === undefined || same.length < SAME_FAILURES_MAX) return [];
    const why = last.error?.code ?? 'it failed';
    const message = `${step.step_id} calls ${step.skill} with the params with which it has failed ${same.length} times (${why}); change them, go another way or give up`;
    return [{ field: '/steps', message }];
  });
}

function isSameCall({ plan }: StepState, step: PlanStep): boolean {
  return plan.skill === step.skill && isSame(plan.params, step.params);
}

/** Whatever the order of the keys. */
function isSame(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [before, now] = [new Map(Object.entries(left)), new Map(Object.entries(right))];
  return before.size === now.size && [...before].every(([key, value]) => isSame(value, now.get(key)));
}

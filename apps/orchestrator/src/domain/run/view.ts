import {
  centsOf,
  type ChildRun,
  type Run,
  type RunStep,
  type RunSummary,
  type StepCompensation,
} from '@aos/contracts';
import { compensationOf } from './rollback-order.ts';
import { isTerminal, type RunState, type StepState } from './state.ts';
import { lastRevisions, withinBounds } from './view-bounds.ts';

/** What the runs table says of a run beside its journal. */
export interface RunRecord {
  runId: string;
  agentId: string;
  tenantId: string;
  status: RunSummary['status'];
  goal: string;
  labels: Record<string, string>;
  priority: number;
  costMicrocents: number;
  reservedMicrocents: number;
  waitingReason: string | null;
  nextAttemptAt: string | null;
  /** Of a child run. */
  parent?: { runId: string; stepId: string } | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

export function summaryView(record: RunRecord): RunSummary {
  return {
    run_id: record.runId,
    agent_id: record.agentId,
    tenant_id: record.tenantId,
    status: record.status,
    goal: record.goal,
    labels: record.labels,
    priority: record.priority,
    cost_cents: centsOf(record.costMicrocents),
    cost_microcents: record.costMicrocents,
    parent_run_id: record.parent?.runId ?? null,
    waiting_reason: record.waitingReason,
    next_attempt_at: record.nextAttemptAt,
    created_at: record.createdAt,
    started_at: record.startedAt,
    finished_at: record.finishedAt,
  };
}

/** What it has left goes back with its end. */
function heldByChild(state: RunState): number {
  return isTerminal(state.status) ? 0 : state.reservedMicrocents;
}

/** The run as its journal tells it; the table only says what the journal does not. */
export function runView(record: RunRecord, state: RunState, children: readonly RunRecord[] = []): Run {
  // A child’s money is reserved with its parent’s: the table has none of it.
  const reserved = state.parent === null ? record.reservedMicrocents : heldByChild(state);
  return {
    ...summaryView(record),
    status: state.status,
    cost_cents: centsOf(state.costMicrocents),
    cost_microcents: state.costMicrocents,
    waiting_reason: state.waitingReason,
    next_attempt_at: state.nextAttemptAt,
    started_at: state.startedAt,
    finished_at: state.finishedAt,
    context: state.context,
    max_steps: state.maxSteps,
    max_parallel: state.maxParallel,
    generation: state.generation,
    start_at: state.startAt,
    deadline: state.deadline,
    replay_of: state.replayOf?.runId ?? null,
    on_failure: state.onFailure,
    rollback: rollbackView(state.rollback),
    input_tokens: state.inputTokens,
    output_tokens: state.outputTokens,
    reserved_cents: centsOf(reserved),
    reserved_microcents: reserved,
    parent_step_id: state.parent?.stepId ?? null,
    children: children.map(childView),
    planning_mode: state.adaptive === null ? 'plan' : 'adaptive',
    plan: state.plan,
    plan_revisions: lastRevisions(state.adaptive?.revisions ?? []),
    planning: {
      attempts: state.planning.attempts,
      next_attempt_at: state.planning.nextAttemptAt,
      error: state.planning.error,
    },
    steps: withinBounds(
      (state.plan?.steps ?? []).flatMap(({ step_id }) => stepView(state, state.steps[step_id])),
    ),
    artifacts: [...state.artifacts],
    outcome: outcomeView(state.outcome),
  };
}

function childView({ parent, ...child }: RunRecord): ChildRun {
  return {
    run_id: child.runId,
    agent_id: child.agentId,
    step_id: parent?.stepId ?? '',
    status: child.status,
    waiting_reason: child.waitingReason,
    cost_cents: centsOf(child.costMicrocents),
    cost_microcents: child.costMicrocents,
  };
}

function outcomeView(outcome: RunState['outcome']): Run['outcome'] {
  if (outcome === null) return null;
  const { output, outputArtifact, error } = outcome;
  return { output, output_artifact: outputArtifact, error };
}

function rollbackView(rollback: RunState['rollback']): Run['rollback'] {
  if (rollback === null) return null;
  const { cause, steps, startedAt } = rollback;
  return { cause, steps: [...steps], started_at: startedAt };
}

function stepView(state: RunState, step: StepState | undefined): RunStep[] {
  if (step === undefined) return [];
  return [
    {
      step_id: step.plan.step_id,
      skill: step.plan.skill,
      status: step.status,
      attempts: step.intent?.attempt ?? step.attempts,
      idempotency_key: step.idempotencyKey,
      started_at: step.startedAt,
      finished_at: step.finishedAt,
      next_attempt_at: step.nextAttemptAt,
      output: step.output,
      output_artifact: step.outputArtifact,
      error: step.error,
      ...(step.isRecorded === true ? { recorded: true } : {}),
      input_tokens: step.inputTokens,
      output_tokens: step.outputTokens,
      cost_cents: centsOf(step.costMicrocents),
      cost_microcents: step.costMicrocents,
      compensation: compensationView(state, step),
    },
  ];
}

const PLANNED = {
  status: 'planned' as const,
  attempts: 0,
  idempotency_key: null,
  started_at: null,
  finished_at: null,
  next_attempt_at: null,
  error: null,
  cost_cents: 0,
  cost_microcents: 0,
};

/** Of a run that is still to end, what would undo the step; else what has been done about it. */
function compensationView({ status, onFailure }: RunState, step: StepState): StepCompensation | null {
  const skill = compensationOf(step)?.skill;
  if (skill === undefined) return null;
  const { compensation: undoing } = step;
  if (undoing === null)
    return step.status === 'succeeded' && onFailure === 'compensate' && !isTerminal(status)
      ? { skill, ...PLANNED }
      : null;
  return {
    skill,
    status: undoing.status,
    attempts: undoing.intent?.attempt ?? undoing.attempts,
    idempotency_key: undoing.idempotencyKey,
    started_at: undoing.startedAt,
    finished_at: undoing.finishedAt,
    next_attempt_at: undoing.nextAttemptAt,
    error: undoing.error,
    cost_cents: centsOf(undoing.costMicrocents),
    cost_microcents: undoing.costMicrocents,
  };
}

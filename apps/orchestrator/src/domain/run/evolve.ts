import { MAX_PARALLEL_DEFAULT, type EventData, type StepStatus } from '@aos/contracts';
import { adaptiveAgain, adaptiveOf, withNews } from './adaptive.ts';
import { isOfRollback, evolveRollback } from './evolve-rollback.ts';
import { replayFields, withRecording } from './recording.ts';
import { placeAmongRuns } from './children.ts';
import { asking, waiting } from './waiting.ts';
import { pendingStep, planned, planRejected, planReviewed } from './planning-fold.ts';
import { stepsAgain } from './restart.ts';
import { charged, toStatus, toStepStatus, withArtifact, withoutArtifact, withStep } from './state-changes.ts';
import type { RunEvent, RunState, StepState } from './state.ts';

const EMPTY: RunState = {
  status: 'queued',
  seq: 0,
  goal: '',
  context: {},
  agentVersion: 0,
  maxSteps: 0,
  maxParallel: MAX_PARALLEL_DEFAULT,
  startAt: null,
  deadline: null,
  generation: 1,
  reservedMicrocents: 0,
  estimateMicrocents: 0,
  plan: null,
  planning: { attempts: 0, nextAttemptAt: null, error: null, keyNumber: 1 },
  adaptive: null,
  steps: {},
  failedStep: null,
  // Of journals from before there were rollbacks.
  onFailure: 'keep',
  rollback: null,
  stepsFinished: 0,
  costMicrocents: 0,
  inputTokens: 0,
  outputTokens: 0,
  artifacts: [],
  parent: null,
  lineage: [],
  priority: 0,
  hasChildren: false,
  hasMailbox: false,
  startedAt: null,
  finishedAt: null,
  waitingReason: null,
  nextAttemptAt: null,
  outcome: null,
};

/** The state a journal tells of. Throws on a journal that is not dense or breaks a transition: that is a bug, not data. */
export function fold(events: readonly RunEvent[]): RunState {
  return events.reduce(evolve, EMPTY);
}

/** One event further. */
export function evolve(state: RunState, event: RunEvent): RunState {
  if (event.seq !== state.seq + 1) {
    throw new Error(`journal has a hole: run_seq ${event.seq} follows ${state.seq}`);
  }
  return { ...apply(state, event), seq: event.seq };
}

function apply(state: RunState, event: RunEvent): RunState {
  if (isOfRollback(event)) return evolveRollback(state, event);
  switch (event.type) {
    case 'run.queued':
      return queued(state, event.data);
    case 'plan.created':
      return planned(state, event.data, event.time);
    case 'plan.reviewed':
      return planReviewed(state, event.data, event.time);
    case 'plan.rejected':
      return planRejected(state, event.data);
    case 'artifact.created':
      return { ...state, artifacts: withArtifact(state.artifacts, event.data.artifact) };
    case 'artifact.removed':
      return { ...state, artifacts: withoutArtifact(state.artifacts, event.data.artifact) };
    case 'run.started':
      return {
        ...toStatus(state, 'running'),
        startedAt: state.startedAt ?? event.time,
        waitingReason: null,
        nextAttemptAt: null,
      };
    case 'tool.call.requested':
      return requested(state, event.data, event.time);
    case 'step.waiting':
      return waiting(state, event.data);
    case 'tool.call.succeeded':
      return withStep(state, event.data.step_id, (step) => ({ ...step, intent: null }));
    case 'tool.call.failed':
      return withStep(charged(state, event.data), event.data.step_id, (step) =>
        attemptFailed(step, event.data, event.time),
      );
    case 'step.finished':
      return stepFinished(state, event);
    case 'step.recorded':
      return withStep(state, event.data.step_id, (step) => withRecording(step, event.data));
    case 'step.resolved':
      return withStep(state, event.data.step_id, (step) => resolved(step, event.data));
    case 'run.waiting':
      return {
        ...toStatus(state, 'waiting'),
        waitingReason: event.data.reason,
        nextAttemptAt: event.data.next_attempt_at,
      };
    case 'run.resumed':
      return { ...toStatus(state, 'running'), waitingReason: null, nextAttemptAt: null };
    case 'run.restarted':
      return restarted(state, event.data);
    case 'run.finished':
      return runFinished(state, event.data, event.time);
  }
}

function queued(state: RunState, data: EventData<'run.queued'>): RunState {
  return {
    ...state,
    ...placeAmongRuns(data),
    goal: data.goal,
    context: data.context,
    agentVersion: data.agent_version,
    maxSteps: data.max_steps,
    maxParallel: data.max_parallel ?? MAX_PARALLEL_DEFAULT,
    startAt: data.start_at ?? null,
    deadline: data.deadline ?? null,
    onFailure: data.on_failure ?? 'keep',
    ...replayFields(data),
    reservedMicrocents: data.reserved_microcents,
    estimateMicrocents: data.reserved_microcents,
    adaptive: adaptiveOf(data),
  };
}

function requested(state: RunState, data: EventData<'tool.call.requested'>, time: string): RunState {
  return withStep(asking(state, data), data.step_id, (step) => ({
    ...toStepStatus(step, 'running'),
    startedAt: step.startedAt ?? time,
    nextAttemptAt: null,
    awaits: data.awaits ?? null,
    wait: null,
    idempotencyKey: data.idempotency_key,
    intent: {
      attempt: data.attempt,
      idempotencyKey: data.idempotency_key,
      isIdempotent: data.idempotent,
      timeoutMs: data.timeout_ms,
      isRepeatWanted: false,
    },
  }));
}

function attemptFailed(step: StepState, data: EventData<'tool.call.failed'>, time: string): StepState {
  const paid = charged(step, data);
  const waiting = data.next_attempt_at === null ? paid : toStepStatus(paid, 'waiting');
  return {
    ...waiting,
    attempts: data.attempt,
    intent: null,
    wait: null,
    startedAt: step.startedAt ?? time,
    nextAttemptAt: data.next_attempt_at,
    error: data.error,
  };
}

/** A skip or a failure is told by the step's end. */
function resolved(step: StepState, { outcome }: EventData<'step.resolved'>): StepState {
  return step.intent === null || outcome !== 'retry'
    ? step
    : { ...step, intent: { ...step.intent, isRepeatWanted: true } };
}

function stepFinished(
  state: RunState,
  { data, time, seq }: Extract<RunEvent, { type: 'step.finished' }>,
): RunState {
  const next = withStep(charged(state, data), data.step_id, (step) => ({
    ...charged(toStepStatus(step, data.status), data),
    attempts: data.attempts,
    intent: null,
    wait: null,
    startedAt: data.started_at,
    finishedAt: time,
    finishedSeq: seq,
    nextAttemptAt: null,
    output: data.output,
    outputArtifact: data.output_artifact ?? null,
    error: data.error,
    declared: data.compensation ?? null,
    ...(data.recorded === true ? { isRecorded: true } : {}),
  }));
  const artifacts =
    data.output_artifact === undefined
      ? state.artifacts
      : withArtifact(state.artifacts, data.output_artifact);
  return {
    ...withNews(next),
    artifacts,
    stepsFinished: state.stepsFinished + 1,
    failedStep: state.failedStep ?? (endsRun(next, data) ? data.step_id : null),
  };
}

function endsRun({ steps }: RunState, { step_id, status }: EventData<'step.finished'>): boolean {
  return status === 'failed' && steps[step_id]?.plan.on_failure !== 'continue';
}

function runFinished(state: RunState, data: EventData<'run.finished'>, time: string): RunState {
  const untouched: StepStatus = data.status === 'cancelled' ? 'cancelled' : 'skipped';
  const steps = Object.fromEntries(
    Object.entries(state.steps).map(([id, step]) => [
      id,
      step.status === 'pending' ? { ...step, status: untouched } : step,
    ]),
  );
  return {
    ...toStatus(state, data.status),
    steps,
    finishedAt: time,
    waitingReason: null,
    nextAttemptAt: null,
    outcome: { output: data.output, outputArtifact: data.output_artifact ?? null, error: data.error },
  };
}

/** What is recorded of it in the run that it replays still holds. */
function pendingAgain({ plan, recording }: StepState): [string, StepState] {
  const [id, step] = pendingStep(plan);
  return [id, recording === undefined ? step : { ...step, recording }];
}

/** Its times were those of the first generation; its costs stay. */
function restarted(state: RunState, data: EventData<'run.restarted'>): RunState {
  const again = stepsAgain(state, data.from_step);
  const steps = Object.fromEntries(
    Object.entries(state.steps).map(([id, step]) => (again.has(id) ? pendingAgain(step) : [id, step])),
  );
  const { keyNumber } = state.planning;
  return {
    ...toStatus(state, 'queued'),
    steps,
    planning: { attempts: 0, nextAttemptAt: null, error: null, keyNumber: keyNumber + 1 },
    adaptive: adaptiveAgain(state.adaptive, again),
    generation: data.generation,
    reservedMicrocents: state.costMicrocents + data.reserved_microcents,
    startAt: null,
    deadline: null,
    failedStep: null,
    rollback: null,
    stepsFinished: 0,
    finishedAt: null,
    outcome: null,
  };
}

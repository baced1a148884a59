import type {
  ArtifactRef,
  Compensation,
  CompensationStatus,
  AwaitKind,
  ErrorSpec,
  EventData,
  EventType,
  Plan,
  PlanStep,
  ReplayEffects,
  RollbackCause,
  RunOnFailure,
  RunStatus,
  StepStatus,
} from '@aos/contracts';
import type { AdaptiveState } from './adaptive.ts';

/** The version of the fold below; a replica claims only runs of versions it can fold. */
export const ENGINE_VERSION = 4;

export type Json = EventData<'step.finished'>['output'];

/** The events of a run's journal. */
export type RunEventType = Exclude<
  EventType,
  'key.revoked' | 'llm.completed' | 'evaluation.finished' | 'message.sent'
>;

/** An event that is not yet in the journal: it has no run_seq. `time` is ISO 8601. */
export type NewRunEvent = {
  [T in RunEventType]: { type: T; time: string; data: EventData<T> };
}[RunEventType];

export type RunEvent = NewRunEvent & { seq: number };

/** A side effect that was announced and whose result is not journalled yet. */
export interface OpenIntent {
  attempt: number;
  idempotencyKey: string;
  isIdempotent: boolean;
  timeoutMs: number;
  /** A person said that the call is to be made again; announced again, it needs to be said again. */
  isRepeatWanted: boolean;
}

/** How far it is with undoing a step. */
export interface CompensationState {
  status: Exclude<CompensationStatus, 'planned'>;
  /** Attempts that ended, whatever the outcome. */
  attempts: number;
  /** Of those, the ones before a person last said that it is to be tried again: retries are counted from there. */
  attemptsBefore: number;
  intent: OpenIntent | null;
  idempotencyKey: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  nextAttemptAt: string | null;
  error: ErrorSpec | null;
  costMicrocents: number;
  inputTokens: number;
  outputTokens: number;
}

/** How a step ended in the run that is replayed. */
interface Recording {
  output: Json;
  outputArtifact: ArtifactRef | null;
  /** Null: it succeeded. */
  error: ErrorSpec | null;
  files: readonly ArtifactRef[];
}

/** What a step waits for outside, its slot given back. */
export interface StepWait {
  for: AwaitKind;
  /** When it is looked at without having been woken. */
  until: string | null;
  childRunId: string | null;
  /** Of the reservation, kept for what it waits for. */
  heldMicrocents: number;
}

export interface StepState {
  plan: PlanStep;
  status: StepStatus;
  /** Attempts that ended, whatever the outcome. */
  attempts: number;
  intent: OpenIntent | null;
  /** What its calls may have to wait for, once one was announced. */
  awaits: AwaitKind | null;
  wait: StepWait | null;
  idempotencyKey: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  /** The run_seq of its end: rollbacks go backwards by it. */
  finishedSeq: number | null;
  nextAttemptAt: string | null;
  output: Json;
  /** Where an output too large for an event is kept. */
  outputArtifact: ArtifactRef | null;
  error: ErrorSpec | null;
  /** Of all attempts, tokens too. */
  costMicrocents: number;
  inputTokens: number;
  outputTokens: number;
  /** What undoes it as its skill says; what the plan says goes before. */
  declared: Compensation | null;
  /** Null: it was not to be undone so far. */
  compensation: CompensationState | null;
  /** Of a replay: to answer it with. */
  recording?: Recording;
  /** Of a replay: nothing was done for it, so there is nothing to undo. */
  isRecorded?: boolean;
}

/** A run on its way back. */
interface Rollback {
  cause: RollbackCause;
  /** In the order in which they are compensated. */
  steps: readonly string[];
  startedAt: string;
}

/** Attempts at a plan that came to nothing. */
interface PlanningState {
  attempts: number;
  /** Null after an attempt: it was the last. */
  nextAttemptAt: string | null;
  error: ErrorSpec | null;
  /**
   * From 1; goes into the keys of the calls. Attempts share it, so that an answer that was lost on its way is paid once. It
   * grows when another request was found under the keys.
   */
  keyNumber: number;
}

/** Everything the journal of a run says, folded. */
export interface RunState {
  status: RunStatus;
  /** The run_seq of the last event. */
  seq: number;
  goal: string;
  context: EventData<'run.queued'>['context'];
  /** The agent as it was when the goal was admitted. */
  agentVersion: number;
  maxSteps: number;
  /** Steps at work at once. */
  maxParallel: number;
  /** Not to be started before. */
  startAt: string | null;
  /** To be cut then. */
  deadline: string | null;
  /** Grows with each restart; goes into the keys of effects. */
  generation: number;
  /** What the run may cost in all. */
  reservedMicrocents: number;
  /** What each generation may cost. */
  estimateMicrocents: number;
  plan: Plan | null;
  planning: PlanningState;
  /** Null: the run is planned once. */
  adaptive: AdaptiveState | null;
  steps: Readonly<Record<string, StepState>>;
  /** The first step whose failure ends the run. */
  failedStep: string | null;
  /** The run that it replays. */
  replayOf?: { runId: string; effects: ReplayEffects };
  /** What becomes of completed effects where the run fails or is cut. */
  onFailure: RunOnFailure;
  /** Null: it goes, or went, forward. */
  rollback: Rollback | null;
  /** Of this generation. */
  stepsFinished: number;
  costMicrocents: number;
  inputTokens: number;
  outputTokens: number;
  artifacts: readonly ArtifactRef[];
  /** Of a child run: the step that submitted it. */
  parent: { runId: string; stepId: string } | null;
  /** The runs above it, the first first. */
  lineage: NonNullable<EventData<'run.queued'>['lineage']>;
  priority: number;
  /** Whether a step of it, in whatever generation, has invoked an agent. */
  hasChildren: boolean;
  /** Whether a step of it, in whatever generation, has asked for a message. */
  hasMailbox: boolean;
  startedAt: string | null;
  finishedAt: string | null;
  waitingReason: string | null;
  nextAttemptAt: string | null;
  outcome: { output: Json; outputArtifact: ArtifactRef | null; error: ErrorSpec | null } | null;
}

/** Which status may follow which. */
export const RUN_TRANSITIONS: Record<RunStatus, readonly RunStatus[]> = {
  queued: ['running', 'waiting', 'failed', 'cancelled'],
  running: ['waiting', 'succeeded', 'failed', 'cancelled'],
  waiting: ['running', 'waiting', 'failed', 'cancelled'],
  // By a restart only.
  succeeded: ['queued'],
  failed: ['queued'],
  cancelled: ['queued'],
};

export const STEP_TRANSITIONS: Record<StepStatus, readonly StepStatus[]> = {
  pending: ['running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled'],
  // Again running: repeated because a person said so.
  running: ['running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled'],
  waiting: ['running', 'waiting', 'succeeded', 'failed', 'cancelled'],
  // Pending again by a restart only.
  succeeded: ['pending', 'compensated'],
  failed: ['pending'],
  skipped: ['pending'],
  cancelled: ['pending'],
  compensated: ['pending'],
};

export const COMPENSATION_TRANSITIONS: Record<
  CompensationState['status'],
  readonly CompensationState['status'][]
> = {
  pending: ['running', 'waiting', 'failed', 'succeeded'],
  // Again running, or skipped: because a person said so.
  running: ['running', 'waiting', 'failed', 'succeeded', 'skipped'],
  waiting: ['running', 'waiting', 'failed', 'succeeded'],
  failed: ['pending', 'skipped'],
  succeeded: [],
  skipped: [],
};

/** Nothing more happens by itself. */
export const isTerminal = (status: RunStatus): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'cancelled';

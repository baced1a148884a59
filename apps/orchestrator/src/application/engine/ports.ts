import type { PlanStep, RunOnFailure, StepDecision, StructuredOutcome, SubmittedRun } from '@aos/contracts';
import type { Admission, AdmittedAs, Verdict } from '../../domain/run/admit.ts';
import type { Json, RunEvent, RunState } from '../../domain/run/state.ts';
import type { Spend } from '../../domain/skill/skill.ts';

/** Time as the engine sees it. The simulation brings its own. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`, or at once when aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back after `ms`, unless the function it answers is called before. */
  after(ms: number, action: () => void): () => void;
}

/** What is drawn rather than decided. */
export interface Chance {
  /** 0 ≤ x < 1 */
  random(): number;
  /** A UUIDv7. */
  newId(): string;
}

export interface RunIdentity {
  runId: string;
  tenantId: string;
  agentId: string;
}

/** A goal on its way into the runs table. */
export interface Submission extends Admission {
  tenantId: string;
  agentId: string;
  goal: string;
  priority: number;
  labels: Record<string, string>;
  context: Record<string, Json>;
  traceparent: string;
  createdAt: string;
  deadline: string | null;
  /** Of a child run. */
  parent?: { runId: string; stepId: string };
  /** `run.queued`, `plan.created` where the goal came with a plan, `run.waiting` where it has to wait for its time; made once it is known what the agent allows. */
  events(admitted: AdmittedAs): RunEvent[];
}

export type SubmitResult =
  | {
      kind: 'admitted';
      run: Omit<SubmittedRun, 'replayed'>;
      events: RunEvent[];
      /** The process that submitted it owns it: nothing was waiting and it had a slot to offer. */
      isClaimed: boolean;
    }
  | { kind: 'repeated'; run: Omit<SubmittedRun, 'replayed'> }
  | Extract<Verdict, { kind: 'refuse' }>;

/** An ended run that is to begin again. */
export interface Restart extends RunIdentity {
  agentKey: string;
  reserveMicrocents: number;
  skills: readonly string[];
  /** Steps that run again. */
  steps: number;
  /** `run.restarted`, with the run_seq after the journal's last: where another was faster, nothing is done. */
  row: JournalRow;
}

export type RestartResult =
  | { kind: 'restarted'; ticket: Ticket }
  /** The run has not ended, or its journal is not as it was read. */
  | { kind: 'changed' }
  | Extract<Verdict, { kind: 'refuse' }>;

/** An event of a run, ready for the journal. */
export interface JournalRow extends RunIdentity {
  event: RunEvent;
  traceparent: string;
}

export interface FinishedRun extends RunIdentity {
  status: 'succeeded' | 'failed' | 'cancelled';
  costMicrocents: number;
  finishedAt: string;
  /** Who waits for it: is woken in the same transaction. */
  awaitedBy?: { runId: string; stepId: string; signalId: string } | null;
  /** Whether it may have taken messages that its journal does not have: they are for others. */
  hasMailbox?: boolean;
}

/** A run that gives its slot back: `readyAt` null waits for a person. */
export interface ReleasedRun extends RunIdentity {
  reason: string;
  readyAt: string | null;
  /** It is being rolled back: its deadline has nothing more to say, and it waits for no message. */
  isGoingBack?: boolean;
  /** Whether it may have taken messages that its journal does not have: where it is going back, they are for others. */
  hasMailbox?: boolean;
}

export interface Flush {
  workerId: string;
  flushNo: number;
  rows: JournalRow[];
  finished: FinishedRun[];
  released: ReleasedRun[];
  handledSignals: string[];
  /** Keys under which messages were taken that the rows have: they are received for good. */
  received?: string[];
  /** Flushes up to this one are published: what the store kept of them may go. */
  publishedUpTo: number;
}

export interface ClaimedRun extends RunIdentity {
  traceparent: string;
  /** The run_seq of the journal's last event at the claim. */
  seq: number;
  /** How often the run was made ready: names this claim among all of the run's. */
  enqueueNo: number;
  /** Claims without progress in a row, this one included. */
  idleClaims: number;
  hasSignals: boolean;
}

/** What a person says about a step whose outcome is not known. */
export interface Decision {
  stepId: string;
  outcome: StepDecision;
}

/** What a run is told while it is under way; only its owner acts on it. */
export type RunSignal = { signalId: string; runId: string } & (
  | { type: 'cancel'; reason: string | undefined; onFailure?: RunOnFailure | undefined }
  | { type: 'pause' }
  | { type: 'resume'; decision: Decision | null }
  /** What a step waits for may have come. */
  | { type: 'wake'; stepId: string }
);

/** Events a process committed and may not have published. */
export interface UnpublishedFlush {
  workerId: string;
  flushNo: number;
  rows: JournalRow[];
  tickets: Ticket[];
}

export interface Ticket {
  runId: string;
  enqueueNo: number | null;
}

/**
 * Everything the engine keeps. One suite (test/engine/engine-store.suite.ts) holds every implementation to the same guarantees.
 * Methods reject when the store cannot be reached; the outcome of a write is then unknown.
 */
export interface EngineStore {
  registerWorker(worker: {
    workerId: string;
    host: string;
    engineVersion: number;
    /** How many runs it takes on, for operators to see. */
    slots: number;
    leaseMs: number;
  }): Promise<void>;
  /** False: the row is gone, the process has been declared dead. */
  renewLease(workerId: string, leaseMs: number): Promise<boolean>;
  /** Gives up the row of a process that has handed everything back. */
  unregisterWorker(workerId: string): Promise<void>;

  /**
   * One transaction for the batch. `fenced`: nothing was written. Where no run waits, up to `slots` of what is admitted
   * are claimed on the way in: a claim of their own would give them to this process, too.
   */
  submit(
    workerId: string,
    flushNo: number,
    batch: Submission[],
    slots: number,
  ): Promise<SubmitResult[] | 'fenced'>;
  /** Admission as at submit, in one transaction with the event; the run's deadline is gone. */
  restart(workerId: string, flushNo: number, restart: Restart): Promise<RestartResult | 'fenced'>;
  flush(flush: Flush): Promise<'committed' | 'fenced'>;
  /** Whether a flush whose answer was lost did commit. */
  wasCommitted(workerId: string, flushNo: number): Promise<boolean>;

  /** Takes up to `slots` ready runs, fairly over tenants. */
  claim(workerId: string, slots: number, engineVersion: number): Promise<ClaimedRun[]>;
  /** Takes runs whose deadline has passed while they were queued, whosever turn it is: all there is to do is to end them. */
  claimOverdue(workerId: string, limit: number, engineVersion: number): Promise<ClaimedRun[]>;
  /** The runs this process owns, for when the answer to a claim was lost. */
  owned(workerId: string): Promise<ClaimedRun[]>;
  journal(runIds: readonly string[]): Promise<Map<string, RunEvent[]>>;
  /**
   * Puts a claimed run back into the queue, as it is; may be repeated, since it ends no other claim than this one.
   * `isOrderly`: the claim does not count as one without progress.
   */
  handBack(
    workerId: string,
    claim: { runId: string; enqueueNo: number },
    isOrderly: boolean,
  ): Promise<Ticket[]>;

  /**
   * Leaves a signal and, where nobody owns the run, makes it ready. Pause and resume take each other back; one that has
   * nothing to say to a run as it is leaves nothing: a pause of a paused run, a resume of one that waits for neither a
   * person nor a resume.
   */
  signal(run: { tenantId: string; runId: string }, signal: RunSignal): Promise<SignalReceipt>;
  signals(workerId: string): Promise<RunSignal[]>;
  /** Admits no child of the run any more; gives those that have not ended. */
  closeToChildren(workerId: string, runId: string): Promise<string[]>;
  /** Makes a run ready that waits for what one of its signals tells of. */
  wake(run: { tenantId: string; runId: string }): Promise<SignalReceipt>;

  /** Other processes that have a place and whose lock is free: they may have died. */
  unlockedWorkers(workerId: string): Promise<string[]>;
  /**
   * Declares processes dead and hands their runs on: those whose lease has ended, and those of `knownDead` whose lock is
   * still free. For a lease after the start of the store nobody is declared dead.
   */
  buryDeadWorkers(leaseMs: number, knownDead?: readonly string[]): Promise<Ticket[]>;
  /** Makes waiting runs ready whose time has come, or whose deadline has. */
  wakeDue(limit: number): Promise<Ticket[]>;
  /** What dead processes left unpublished, and what this process itself does not know to be committed. */
  leftFlushes(workerId: string, lost: readonly number[], limit: number): Promise<UnpublishedFlush[]>;
  deleteFlushes(flushes: readonly { workerId: string; flushNo: number }[]): Promise<void>;
}

export type SignalReceipt =
  { kind: 'left'; ownerId: string | null; ticket: Ticket | null } | { kind: 'not_found' } | { kind: 'ended' };

/** Tells the world of what is committed. Rejects when it did not get through; repeating is harmless. */
export interface EventPublisher {
  publish(rows: readonly JournalRow[]): Promise<void>;
  publishTickets(tickets: readonly Ticket[]): Promise<void>;
  /** Tells the owner of a run to look at its signals; best effort. */
  nudge(workerId: string): void;
}

/** Knows of other processes by another way than the store. */
export interface WorkerWitness {
  /** True only where the process has no connection any more; false where that is not known. */
  isGone(workerId: string): Promise<boolean>;
}

/** A goal that came without a plan. */
export interface PlanRequest extends RunIdentity {
  agentVersion: number;
  goal: string;
  context: Record<string, Json>;
  /** Steps the run may take. */
  maxSteps: number;
  /** Whether the planner is told what becomes of its steps. */
  isAdaptive: boolean;
  /** What planning may cost at most. */
  budgetMicrocents: number;
  /** Names the keys of the calls: with the same number nothing that was answered is paid again. */
  keyNumber: number;
  traceparent: string;
  /** Aborted when the run is cut or goes to another process. */
  signal: AbortSignal;
}

export interface PlannedSteps {
  steps: PlanStep[];
  /** `anthropic`, or `stub` where nothing was planned. */
  planner: string;
  model: string | null;
  reasoning: string | null;
}

/** A run whose planner is told what became of its steps; of `maxSteps` those it has taken are gone. */
export interface ReviewRequest extends PlanRequest {
  state: RunState;
  /** What the run is to give, with what it refers to. */
  resolve(output: Json): Promise<StructuredOutcome<Json>>;
}

/** How a run goes on: `steps` take the place of those that have not begun. */
export type Reviewed =
  | { decision: 'change'; steps: PlanStep[] }
  | { decision: 'continue' | 'give_up' }
  | { decision: 'end'; output: Json };

export type Review = Reviewed & Omit<PlannedSteps, 'steps'>;

/** What came of asking a planner, and what that has cost either way. */
export interface PlanningResult<T = PlannedSteps> {
  outcome: StructuredOutcome<T>;
  spend: Spend;
}

/** Turns a goal into steps. A plan it gives can be run; failure is data. */
export interface Planner {
  plan(request: PlanRequest): Promise<PlanningResult>;
  /** Steps of an adaptive run have ended: how it goes on. */
  review(request: ReviewRequest): Promise<PlanningResult<Review>>;
}

/** What the engine tells of itself, for metrics. */
export interface EngineObserver {
  runFinished(status: FinishedRun['status'], seconds: number): void;
  stepFinished(skill: string, outcome: string, seconds: number): void;
  /** Something failed that the engine repeats by itself. */
  trouble(what: string, error: unknown): void;
}

/** The write was refused because of what it contains: repeating it is useless. */
export class StoreDataError extends Error {
  constructor(cause: unknown) {
    super('the store refused the content of a write', { cause });
    this.name = 'StoreDataError';
  }
}

/** The right of this process to start effects. */
export interface Lease {
  /** Resolves when an effect may start; rejects with FencedError when the process has lost its place. */
  beforeEffect(): Promise<void>;
}

/** The process has been declared dead: it must end without writing anything more. */
export class FencedError extends Error {
  constructor() {
    super('this process was declared dead; its runs belong to others');
    this.name = 'FencedError';
  }
}

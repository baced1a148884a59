import { errorOf, type RunStatus } from '@aos/contracts';
import {
  StoreDataError,
  type ClaimedRun,
  type ReleasedRun,
  type Submission,
} from '../../src/application/engine/ports.ts';
import type { AgentFacts } from '../../src/domain/run/admit.ts';
import { ENGINE_VERSION, isTerminal } from '../../src/domain/run/state.ts';

/** A row of the runs table. */
export interface MemoryRun {
  submission: Submission;
  status: RunStatus;
  workerId: string | null;
  reservedMicrocents: number;
  costMicrocents: number;
  waitingReason: string | null;
  readyAtMs: number | null;
  enqueueNo: number;
  idleClaims: number;
  claimedSeq: number;
  engineVersion: number;
  /** No child of it is admitted any more. */
  isClosedToChildren: boolean;
  /** How many events its journal begins with. */
  firstEvents: number;
}

/** A run as it is admitted. */
export function newRun(submission: Submission, firstEvents: number): MemoryRun {
  return {
    submission,
    status: statusOf(submission),
    workerId: null,
    reservedMicrocents: submission.reserveMicrocents,
    costMicrocents: 0,
    waitingReason: submission.startAt === null ? null : 'start_at',
    readyAtMs: submission.startAt === null ? null : Date.parse(submission.startAt),
    enqueueNo: 1,
    idleClaims: 0,
    claimedSeq: 0,
    engineVersion: ENGINE_VERSION,
    isClosedToChildren: false,
    firstEvents,
  };
}

/** Keys are the tenant's own. */
export const scopedKey = ({ tenantId, idempotencyKey }: Submission): string | null =>
  idempotencyKey === null ? null : `${tenantId}/${idempotencyKey}`;

/** Postgres text holds no NUL. */
export const holdsNul = (content: unknown): boolean => JSON.stringify(content).includes('\\u0000');

export function refuseNul(batch: readonly Submission[]): void {
  if (batch.some(({ goal, context, labels }) => holdsNul([goal, context, labels])))
    throw new StoreDataError('NUL');
}

const statusOf = ({ startAt }: Submission): RunStatus => (startAt === null ? 'queued' : 'waiting');

/** What the caller is told of a run as it is admitted. */
export function answerOf(submission: Submission) {
  const { runId, tenantId, agentId, goal, createdAt } = submission;
  const status = statusOf(submission);
  return { run_id: runId, agent_id: agentId, tenant_id: tenantId, status, goal, created_at: createdAt };
}

/** As it is claimed, its journal being at `seq`. */
export function takeRun(
  run: MemoryRun,
  { workerId, seq, engineVersion }: { workerId: string; seq: number; engineVersion: number },
): void {
  Object.assign(run, {
    idleClaims: seq === run.claimedSeq ? run.idleClaims + 1 : 1,
    claimedSeq: seq,
    status: 'running',
    workerId,
    waitingReason: null,
    readyAtMs: null,
    engineVersion: Math.max(run.engineVersion, engineVersion),
  });
}

/** As it is to be judged: a child whose parent comes to its end is refused. */
export function withParent(submission: Submission, runs: ReadonlyMap<string, MemoryRun>): Submission {
  if (submission.parent === undefined) return submission;
  const parent = runs.get(submission.parent.runId);
  if (parent !== undefined && !parent.isClosedToChildren && !isTerminal(parent.status)) return submission;
  return { ...submission, refusal: errorOf('run_cancelled', 'the run above it comes to its end') };
}

/** No child is admitted from here on; gives those that have not ended. */
export function closeRun(runs: ReadonlyMap<string, MemoryRun>, workerId: string, runId: string): string[] {
  const run = runs.get(runId);
  if (run?.workerId !== workerId) return [];
  run.isClosedToChildren = true;
  return [...runs]
    .filter(([, { submission, status }]) => submission.parent?.runId === runId && !isTerminal(status))
    .map(([childId]) => childId);
}

/** Counts a change at the agent of a run. */
export function count(
  agents: ReadonlyMap<string, AgentFacts>,
  { submission }: MemoryRun,
  change: Partial<AgentFacts>,
): void {
  const agent = agents.get(submission.agentKey);
  if (agent === undefined) throw new Error(`no agent ${submission.agentKey}`);
  agent.reservedMicrocents += change.reservedMicrocents ?? 0;
  agent.spentMicrocents += change.spentMicrocents ?? 0;
  agent.openRuns += change.openRuns ?? 0;
}

/** As an ended run begins again. */
export function beginAgain(run: MemoryRun, reservedMicrocents: number): void {
  const submission = { ...run.submission, startAt: null, deadline: null };
  Object.assign(run, { submission, status: 'queued', reservedMicrocents, isClosedToChildren: false });
  run.enqueueNo += 1;
  run.engineVersion = Math.max(run.engineVersion, ENGINE_VERSION);
}

export function isOverdue({ status, submission: { deadline } }: MemoryRun, nowMs: number): boolean {
  return deadline !== null && !isTerminal(status) && Date.parse(deadline) <= nowMs;
}

/** Nobody works on it, and an engine of that version could. */
export function isOverdueInQueue(run: MemoryRun, nowMs: number, engineVersion: number): boolean {
  return isOverdue(run, nowMs) && run.workerId === null && run.engineVersion <= engineVersion;
}

export function claimedRun(run: MemoryRun, hasSignals: boolean): ClaimedRun {
  const { runId, tenantId, agentId, traceparent } = run.submission;
  const { idleClaims, enqueueNo, claimedSeq: seq } = run;
  return { runId, tenantId, agentId, traceparent, seq, enqueueNo, idleClaims, hasSignals };
}

/** By run id and by key, as admission asks for them. */
export function knownRuns(
  runs: ReadonlyMap<string, MemoryRun>,
): Map<string, { runId: string; requestHash: string }> {
  const known = new Map<string, Submission>();
  for (const { submission } of runs.values()) {
    known.set(submission.runId, submission);
    const key = scopedKey(submission);
    if (key !== null) known.set(key, submission);
  }
  return known;
}

/** It gives its slot back; rolled back, it has no deadline any more. */
export function releaseRun(run: MemoryRun, { reason, readyAt, isGoingBack }: ReleasedRun): void {
  const readyAtMs = readyAt === null ? null : Date.parse(readyAt);
  Object.assign(run, { status: 'waiting', workerId: null, waitingReason: reason, readyAtMs });
  if (isGoingBack === true) run.submission = { ...run.submission, deadline: null };
}

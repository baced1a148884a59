import type { RunStatus } from '@aos/contracts';
import type { Submission } from '../../src/application/engine/ports.ts';
import { ENGINE_VERSION } from '../../src/domain/run/state.ts';

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
    firstEvents,
  };
}

/** Keys are the tenant's own. */
export const scopedKey = ({ tenantId, idempotencyKey }: Submission): string | null =>
  idempotencyKey === null ? null : `${tenantId}/${idempotencyKey}`;

/** Postgres text holds no NUL. */
export const holdsNul = (content: unknown): boolean => JSON.stringify(content).includes('\\u0000');

const statusOf = ({ startAt }: Submission): RunStatus => (startAt === null ? 'queued' : 'waiting');

/** What the caller is told of a run as it is admitted. */
export function answerOf(submission: Submission) {
  const { runId, tenantId, agentId, goal, createdAt } = submission;
  const status = statusOf(submission);
  return { run_id: runId, agent_id: agentId, tenant_id: tenantId, status, goal, created_at: createdAt };
}

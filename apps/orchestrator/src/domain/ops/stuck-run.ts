import type { RunStatus, StuckReason } from '@aos/contracts';
import { WAITING_TEXTS } from './waiting-texts.ts';

/** An unfinished run, as looked at from outside. */
export interface RunFacts {
  status: RunStatus;
  waitingReason: string | null;
  readyAtMs: number | null;
  workerId: string | null;
  /** Of the owner; null without owner, or where its row has gone. */
  leaseUntilMs: number | null;
  /** Null: it is not in the queue. */
  lanePosition: number | null;
  engineVersion: number;
  idleClaims: number;
  isTenantSuspended: boolean;
}

/** The processes that run runs, in sum. */
export interface Fleet {
  /** Live and not draining. */
  workers: number;
  /** Of those. */
  engineVersionMax: number;
  freeSlots: number;
}

export interface StuckVerdict {
  reason: StuckReason;
  detail: string;
}

/** A wake-up takes about a second; a timer is overdue when it has been missed for longer. */
const TIMER_GRACE_MS = 5_000;
/** From the second claim in a row without progress on it is no accident. */
const IDLE_CLAIMS_MIN = 2;

/** Why a run that has not moved for a while does not; null: it waits for its time, as it should. */
export function stuckVerdict(run: RunFacts, fleet: Fleet, nowMs: number): StuckVerdict | null {
  if (run.status === 'waiting') return waitingVerdict(run, nowMs);
  if (run.workerId !== null) return ownedVerdict(run, nowMs);
  if (run.lanePosition !== null) return queuedVerdict(run, run.lanePosition, fleet);
  return verdict('not_in_queue', 'it should be in the queue and is not; requeue it');
}

function waitingVerdict({ waitingReason, readyAtMs }: RunFacts, nowMs: number): StuckVerdict | null {
  if (readyAtMs !== null) {
    const lateMs = nowMs - readyAtMs;
    if (lateMs < TIMER_GRACE_MS) return null;
    return verdict(
      'timer_overdue',
      `its timer was due ${seconds(lateMs)} ago: no process wakes waiting runs`,
    );
  }
  const reason = waitingReason ?? 'not said';
  const known = WAITING_TEXTS.get(reason);
  if (known === undefined) return verdict('waiting_for_person', `waits for a person: ${reason}`);
  return verdict(known.isForPerson ? 'waiting_for_person' : 'waiting', `${reason}: ${known.text}`);
}

function ownedVerdict({ leaseUntilMs, idleClaims }: RunFacts, nowMs: number): StuckVerdict {
  if (leaseUntilMs === null) return verdict('lease_expired', 'its worker has gone');
  if (leaseUntilMs < nowMs)
    return verdict('lease_expired', `the lease of its worker ended ${seconds(nowMs - leaseUntilMs)} ago`);
  if (idleClaims >= IDLE_CLAIMS_MIN) return crashLoop(idleClaims);
  return verdict('long_step', 'its worker lives; the step under way takes long');
}

function queuedVerdict(run: RunFacts, position: number, fleet: Fleet): StuckVerdict {
  if (run.isTenantSuspended) return verdict('tenant_suspended', 'its tenant is suspended');
  if (fleet.workers === 0) return verdict('no_worker', 'no worker is live that is not draining');
  if (run.engineVersion > fleet.engineVersionMax) {
    const detail = `needs engine ${run.engineVersion}; the newest live worker has ${fleet.engineVersionMax}`;
    return verdict('engine_too_old', detail);
  }
  if (run.idleClaims >= IDLE_CLAIMS_MIN) return crashLoop(run.idleClaims);
  const place = `${position} in the lane of its tenant`;
  if (fleet.freeSlots === 0) return verdict('no_free_slot', `no worker has a free slot; it is ${place}`);
  return verdict('behind_in_lane', `it is ${place}`);
}

function crashLoop(idleClaims: number): StuckVerdict {
  return verdict('crash_loop', `was taken ${idleClaims} times in a row without progress`);
}

const verdict = (reason: StuckReason, detail: string): StuckVerdict => ({ reason, detail });
const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

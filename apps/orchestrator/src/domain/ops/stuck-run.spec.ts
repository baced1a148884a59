import { describe, expect, it } from '@jest/globals';
import { stuckVerdict, type Fleet, type RunFacts } from './stuck-run.ts';

const NOW_MS = 1_000_000;

const QUEUED: RunFacts = {
  status: 'queued',
  waitingReason: null,
  readyAtMs: null,
  workerId: null,
  leaseUntilMs: null,
  lanePosition: 3,
  engineVersion: 4,
  idleClaims: 0,
  isTenantSuspended: false,
};
const OWNED: RunFacts = {
  ...QUEUED,
  status: 'running',
  workerId: 'w',
  leaseUntilMs: NOW_MS + 5_000,
  lanePosition: null,
};
const WAITING: RunFacts = { ...QUEUED, status: 'waiting', lanePosition: null, waitingReason: 'retry' };
const FLEET: Fleet = { workers: 2, engineVersionMax: 4, freeSlots: 10 };

const reasonOf = (run: RunFacts, fleet: Partial<Fleet> = {}) =>
  stuckVerdict(run, { ...FLEET, ...fleet }, NOW_MS)?.reason ?? null;

describe('a run that does not move', () => {
  it.each([
    ['unknown_outcome', 'waiting_for_person'],
    ['worker_crash_loop', 'waiting_for_person'],
    [null, 'waiting_for_person'],
    ['compensation_failed', 'waiting_for_person'],
    ['paused', 'waiting'],
    ['child_run', 'waiting'],
  ])('and waits without time for %s is told as %s', (waitingReason, reason) => {
    expect(reasonOf({ ...WAITING, waitingReason })).toBe(reason);
  });

  it('and waits for its time is not stuck until the time is well past', () => {
    expect(reasonOf({ ...WAITING, readyAtMs: NOW_MS + 1 })).toBeNull();
    expect(reasonOf({ ...WAITING, readyAtMs: NOW_MS - 4_000 })).toBeNull();
    expect(stuckVerdict({ ...WAITING, readyAtMs: NOW_MS - 61_000 }, FLEET, NOW_MS)).toEqual({
      reason: 'timer_overdue',
      detail: expect.stringContaining('61 s'),
    });
  });

  it.each<[string, Partial<RunFacts>, Partial<Fleet>]>([
    ['tenant_suspended', { isTenantSuspended: true }, { workers: 0 }],
    ['no_worker', {}, { workers: 0, engineVersionMax: 0 }],
    ['engine_too_old', { engineVersion: 5 }, { freeSlots: 0 }],
    ['crash_loop', { idleClaims: 2 }, { freeSlots: 0 }],
    ['no_free_slot', {}, { freeSlots: 0 }],
    ['behind_in_lane', {}, {}],
  ])('in the queue is told the first thing that keeps it there: %s', (reason, run, fleet) => {
    expect(reasonOf({ ...QUEUED, ...run }, fleet)).toBe(reason);
  });

  it('in the queue after it ran is judged by the queue, not by its status', () => {
    expect(reasonOf({ ...QUEUED, status: 'running' })).toBe('behind_in_lane');
    expect(stuckVerdict(QUEUED, FLEET, NOW_MS)?.detail).toContain('3 in the lane');
  });

  it.each(['queued', 'running'] as const)('and is %s without owner and queue is told so', (status) => {
    expect(reasonOf({ ...QUEUED, status, lanePosition: null })).toBe('not_in_queue');
  });

  it('with an owner is told of the lease, then of claims in vain, then of its step', () => {
    expect(reasonOf({ ...OWNED, leaseUntilMs: NOW_MS - 1, idleClaims: 3 })).toBe('lease_expired');
    expect(reasonOf({ ...OWNED, leaseUntilMs: null })).toBe('lease_expired');
    expect(reasonOf({ ...OWNED, idleClaims: 3 })).toBe('crash_loop');
    expect(reasonOf({ ...OWNED, idleClaims: 1 })).toBe('long_step');
  });
});

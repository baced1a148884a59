import { describe, expect, it } from '@jest/globals';
import { requeueVerdict, type RequeueFacts } from './requeue.ts';

const PARKED: RequeueFacts = {
  status: 'waiting',
  waitingReason: 'worker_crash_loop',
  isTimed: false,
  workerId: null,
  isQueued: false,
};

describe('requeueing', () => {
  it.each(['worker_crash_loop', null])('takes up a run that waits for a person: %s', (reason) => {
    expect(requeueVerdict({ ...PARKED, waitingReason: reason })).toEqual({ kind: 'requeue' });
  });

  it.each(['queued', 'running'] as const)('mends a run that is %s and fell out of the queue', (status) => {
    expect(requeueVerdict({ ...PARKED, status })).toEqual({ kind: 'requeue' });
    expect(requeueVerdict({ ...PARKED, status, isQueued: true })).toEqual({ kind: 'queued' });
  });

  it.each<[string, Partial<RequeueFacts>]>([
    ['has ended', { status: 'failed' }],
    ['worked on by w', { status: 'running', workerId: 'w' }],
    ['is paused', { waitingReason: 'paused' }],
    ['waits for a decision', { waitingReason: 'unknown_outcome' }],
    ['waits for its time: retry', { isTimed: true, waitingReason: 'retry' }],
  ])('refuses, with the reason, a run that %s', (message, run) => {
    expect(requeueVerdict({ ...PARKED, ...run })).toEqual({
      kind: 'refuse',
      message: expect.stringContaining(message),
    });
  });
});

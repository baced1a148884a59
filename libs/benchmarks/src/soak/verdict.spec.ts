import { describe, expect, it } from '@jest/globals';
import type { SoakFigures } from './soak.ts';
import { faultsFound } from './verdict.ts';

const clean: SoakFigures = {
  faults: { 'nats killed': 2 },
  runs: { succeeded: 100 },
  runsTooMany: 0,
  stuck: [],
  refusals: [],
  effectsMissing: 0,
  effectsUnderTwoKeys: 0,
  keysShared: 0,
  effectsRepeated: 7,
  eventsMissing: 0,
  eventsTwice: 0,
  eventsOutOfOrder: 0,
  gaps: 0,
  reconnects: 1,
  reserved: 0,
  openRuns: 0,
  spent: 500,
  cost: 500,
};

describe('the verdict of a soak', () => {
  it('calls repeated under their key, faults and reconnections are no fault of AOS', () => {
    expect(faultsFound(clean)).toEqual([]);
  });

  it('names all that is wrong', () => {
    const stuck = [{ run_id: 'r1', status: 'waiting', waiting_reason: null }];
    expect(
      faultsFound({
        ...clean,
        runs: { succeeded: 99, failed: 1 },
        stuck,
        effectsUnderTwoKeys: 1,
        spent: 600,
      }),
    ).toEqual([
      '1 effects under two keys',
      '100 microcents spent that no run cost',
      '1 runs failed',
      'run r1 stands waiting, reason none',
    ]);
    expect(faultsFound({ ...clean, runs: {} })).toEqual(['no run succeeded']);
  });
});

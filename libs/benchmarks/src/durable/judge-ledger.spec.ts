import { describe, expect, it } from '@jest/globals';
import { judgeLedger, resumption } from './judge-ledger.ts';
import type { LedgerLine } from './ledger.ts';

const line = (kind: LedgerLine['kind'], at: { run?: string; step?: string; key: string; atMs?: number }) => ({
  kind,
  run: 'a',
  step: '1',
  atMs: 0,
  ...at,
});

const ends = (...keys: string[]) => keys.map((key) => line('end', { key }));

describe('the ledger is judged:', () => {
  it('steps that each began and ended once are no fault', () => {
    const lines = ['1', '2'].flatMap((step) => [
      line('start', { step, key: step }),
      line('end', { step, key: step }),
    ]);
    expect(judgeLedger(lines, 2)).toEqual({
      stepsMissing: 0,
      stepsReexecuted: 0,
      effectsRepeated: 0,
      effectsUnderTwoKeys: 0,
    });
  });

  it('a step that was cut off and done again was executed twice, its effect happened once', () => {
    const lines = [line('start', { key: 'k' }), line('start', { key: 'k' }), line('end', { key: 'k' })];
    expect(judgeLedger(lines, 2)).toEqual({
      stepsMissing: 1,
      stepsReexecuted: 1,
      effectsRepeated: 0,
      effectsUnderTwoKeys: 0,
    });
  });

  it('an effect that happened again counts by whether its key was the same', () => {
    expect(judgeLedger(ends('k', 'k'), 1)).toMatchObject({ effectsRepeated: 1, effectsUnderTwoKeys: 0 });
    expect(judgeLedger(ends('k', 'other'), 1)).toMatchObject({ effectsRepeated: 0, effectsUnderTwoKeys: 1 });
    expect(judgeLedger(ends('k', 'other', 'k'), 1)).toMatchObject({
      effectsRepeated: 1,
      effectsUnderTwoKeys: 1,
    });
  });

  it('work has gone on with the first start of each run that is no echo of the dead process', () => {
    const lines = [
      line('start', { run: 'a', key: '', atMs: 1050 }),
      line('start', { run: 'a', key: '', atMs: 2500 }),
      line('start', { run: 'b', key: '', atMs: 3000 }),
      line('start', { run: 'b', key: '', atMs: 9000 }),
    ];
    expect(resumption(lines, 1000)).toEqual({ firstStepS: 1.5, allGoneOnS: 2 });
    expect(resumption([], 1000).firstStepS).toBeNaN();
  });
});

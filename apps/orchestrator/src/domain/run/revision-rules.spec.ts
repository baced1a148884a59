import { describe, expect, it } from '@jest/globals';
import {
  adaptive,
  change,
  ended,
  foldOf,
  plan,
  review,
  stepsOf,
} from '../../../test/engine/adaptive-journal.ts';
import { started } from '../../../test/engine/execution-world.ts';
import { endedSteps, planAsRun, repeatedFailures, stepsLeft } from './revision-rules.ts';

describe('a revision', () => {
  const failedTwice = foldOf([
    adaptive(),
    plan({ step_id: 'a', params: { url: 'x', body: { k: [1, 2] } } }),
    started,
    ended('a', 'failed'),
    change({ step_id: 'a2', params: { body: { k: [1, 2] }, url: 'x' } }),
    ended('a2', 'failed'),
  ]);

  it('is refused where it plans a call that has failed twice with the same params', () => {
    const [same, other] = stepsOf([
      { step_id: 'a3', params: { url: 'x', body: { k: [1, 2] } } },
      { step_id: 'b', params: { url: 'x', body: { k: [2, 1] } } },
    ]);
    if (same === undefined || other === undefined) throw new Error('no steps');
    expect(repeatedFailures(failedTwice, [same, other])).toEqual([
      { field: '/steps', message: expect.stringContaining('a3 calls paid with the params') },
    ]);
    expect(repeatedFailures(failedTwice, [{ ...same, skill: 'other' }])).toEqual([]);
  });

  it('can be run once more without a planner: what was gone on without may fail', () => {
    const events = [
      adaptive(),
      plan({ step_id: 'a' }, { step_id: 'b' }, { step_id: 'c' }),
      started,
      ended('a'),
      ended('b', 'failed'),
      review('continue'),
    ];
    expect(planAsRun(foldOf(events))?.steps.map(({ on_failure }) => on_failure)).toEqual([
      undefined,
      'continue',
      undefined,
    ]);
  });

  it('comes after what has ended, within what the run may still take', () => {
    expect(endedSteps(failedTwice)).toEqual(
      new Map([
        ['a', false],
        ['a2', false],
      ]),
    );
    expect(stepsLeft(failedTwice)).toBe(7);
    expect(stepsLeft({ ...failedTwice, stepsFinished: 12 })).toBe(0);
  });
});

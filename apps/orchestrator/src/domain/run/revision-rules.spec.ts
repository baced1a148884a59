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
import { endedSteps, planAsRun, revisionIssues, stepsLeft } from './revision-rules.ts';

const wide = (id: string) => ({ step_id: id, params: { text: 'x'.repeat(30_000) } });

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
    expect(revisionIssues(failedTwice, [same, other])).toEqual([
      { field: '/steps', message: expect.stringContaining('a3 calls paid with the params') },
    ]);
    expect(revisionIssues(failedTwice, [{ ...same, skill: 'other' }])).toEqual([]);
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

  it('is refused where all steps that the run has had become too many bytes', () => {
    const state = foldOf([
      adaptive(),
      plan(wide('a'), wide('b'), wide('c')),
      started,
      ended('a'),
      ended('b'),
      ended('c'),
    ]);
    expect(revisionIssues(state, stepsOf([wide('d')]))).toEqual([
      { field: '/steps', message: expect.stringContaining('with the steps that have ended') },
    ]);
    expect(revisionIssues(state, stepsOf([{ step_id: 'd' }]))).toEqual([]);
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

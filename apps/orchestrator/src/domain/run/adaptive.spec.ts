import { describe, expect, it } from '@jest/globals';
import {
  FAILURE,
  LATER,
  TIME,
  adaptive,
  change,
  ended,
  finished,
  foldOf,
  plan,
  rejected,
  repeatedLater,
  review,
} from '../../../test/engine/adaptive-journal.ts';
import { queued, started } from '../../../test/engine/execution-world.ts';
import { commandsFor } from './decide.ts';
import { restartOf } from './restart.ts';
import type { NewRunEvent } from './state.ts';

const next = (events: NewRunEvent[], inFlight: string[] = []) =>
  commandsFor(foldOf(events), new Set(inFlight)).map((command) =>
    command.type === 'call' ? `call ${command.step.step_id}` : command.type,
  );

/** a, then b, then c. */
const SEQUENCE = plan(
  { step_id: 'a' },
  { step_id: 'b', depends_on: ['a'] },
  { step_id: 'c', depends_on: ['b'] },
);
/** a and b at once, then c. */
const PARALLEL = plan({ step_id: 'a' }, { step_id: 'b' }, { step_id: 'c', depends_on: ['a', 'b'] });
const begun = [adaptive(), SEQUENCE, started];

describe('an adaptive run', () => {
  it('asks its planner after a failure and at the end of the plan, not in between', () => {
    expect(next(begun)).toEqual(['call a']);
    expect(next([...begun, ended('a')])).toEqual(['call b']);
    expect(next([...begun, ended('a', 'failed')])).toEqual(['plan']);
    expect(next([...begun, ended('a'), ended('b'), ended('c')])).toEqual(['plan']);
  });

  it('asks after every step where that is wanted', () => {
    const events = [adaptive('every_step'), SEQUENCE, started, ended('a')];
    expect(next(events)).toEqual(['plan']);
    expect(next([...events, review('continue')])).toEqual(['call b']);
  });

  it('goes on after a failure that its step may have', () => {
    const optional = plan({ step_id: 'a', on_failure: 'continue' }, { step_id: 'b', depends_on: ['a'] });
    expect(next([adaptive(), optional, started, ended('a', 'failed')])).toEqual(['call b']);
  });

  it('lets what was begun come to its end before it asks, and begins nothing', () => {
    const events = [adaptive(), PARALLEL, started];
    expect(next([...events, ended('a', 'failed')], ['b'])).toEqual([]);
    expect(next([...events, repeatedLater('b'), ended('a', 'failed')])).toEqual(['call b']);
    expect(next([...events, ended('a', 'failed'), ended('b')])).toEqual(['plan']);
  });

  it('takes other steps in place of those not begun; those that ended stay', () => {
    const events = [...begun, ended('a'), ended('b', 'failed'), change({ step_id: 'd' })];
    const { plan: inForce, steps, failedStep, adaptive: facts } = foldOf(events);
    expect(next(events)).toEqual(['call d']);
    expect(inForce).toMatchObject({
      plan_id: 'q',
      steps: [{ step_id: 'a' }, { step_id: 'b' }, { step_id: 'd' }],
    });
    expect(Object.keys(steps)).toEqual(['a', 'b', 'd']);
    expect(steps['a']).toMatchObject({ status: 'succeeded', output: 'a' });
    expect(failedStep).toBeNull();
    expect(facts?.revisions).toMatchObject([
      { plan_id: 'p', decision: 'plan', steps_added: ['a', 'b', 'c'], steps_dropped: [] },
      {
        plan_id: 'q',
        revises: 'p',
        decision: 'change',
        reasoning: 'why',
        steps_added: ['d'],
        steps_dropped: ['c'],
        cost_microcents: 7,
        input_tokens: 10,
        created_at: TIME,
      },
    ]);
  });

  it('knows a step that stays as one that stays', () => {
    const changed = change({ step_id: 'd' }, { step_id: 'c', depends_on: ['d'] });
    const { adaptive: facts } = foldOf([...begun, ended('a'), ended('b', 'failed'), changed]);
    expect(facts?.revisions.at(-1)).toMatchObject({ steps_added: ['d'], steps_dropped: [] });
  });

  it('goes on without a step that failed where its planner says so', () => {
    const events = [...begun, ended('a'), ended('b', 'failed'), review('continue')];
    expect(next(events)).toEqual(['call c']);
    expect(next([...events, ended('c')])).toEqual(['plan']);
  });

  it('ends as the plan does where its planner leaves it so', () => {
    const events = [...begun, ended('a'), ended('b'), ended('c'), review('continue')];
    expect(commandsFor(foldOf(events))).toMatchObject([
      { type: 'finish', data: { status: 'succeeded', output: 'c' } },
    ]);
  });

  it('ends when its planner says so, with what it gives or what the last good step gave', () => {
    const early = [...begun, ended('a'), ended('b', 'failed')];
    expect(commandsFor(foldOf([...early, review('end', { output: { n: 1 } })]))).toMatchObject([
      { type: 'finish', data: { status: 'succeeded', output: { n: 1 }, error: null } },
    ]);
    expect(commandsFor(foldOf([...early, review('end')]))).toMatchObject([
      { type: 'finish', data: { status: 'succeeded', output: 'a' } },
    ]);
    const kept = { name: 'run.outcome.output.json', sha256: 'ab', bytes: 9, media_type: 'application/json' };
    const state = foldOf([...early, review('end', { output_artifact: kept })]);
    expect(state.artifacts).toEqual([kept]);
    expect(commandsFor(state)).toMatchObject([
      { type: 'finish', data: { output: null, output_artifact: kept } },
    ]);
  });

  it('fails when its planner gives the goal up', () => {
    const error = { ...FAILURE, code: 'goal_given_up' };
    const events = [...begun, ended('a', 'failed'), review('give_up', { error })];
    expect(commandsFor(foldOf(events))).toMatchObject([
      { type: 'finish', data: { status: 'failed', output: null, error } },
    ]);
  });

  it('counts what asking cost, and gives each question a key of its own', () => {
    const events = [...begun, ended('a', 'failed')];
    const asked = foldOf([...events, rejected(LATER), review('continue')]);
    expect(asked).toMatchObject({
      costMicrocents: 107,
      inputTokens: 10,
      outputTokens: 2,
      planning: { attempts: 0, error: null },
    });
    expect(foldOf(events).planning.keyNumber).toBeGreaterThan(foldOf([adaptive()]).planning.keyNumber);
    expect(asked.planning.keyNumber).toBeGreaterThan(foldOf(events).planning.keyNumber);
    expect(foldOf([...events, rejected(LATER)]).planning.keyNumber).toBe(foldOf(events).planning.keyNumber);
  });

  it('asks again when it may, and fails with its planner’s failure when that was the last time', () => {
    const events = [...begun, ended('a', 'failed')];
    expect(commandsFor(foldOf([...events, rejected(LATER)]))).toEqual([
      { type: 'plan', attempt: 2, notBefore: LATER },
    ]);
    expect(commandsFor(foldOf([...events, rejected(null, 5)]))).toMatchObject([
      { type: 'finish', data: { status: 'failed', error: FAILURE } },
    ]);
  });
});

describe('a run that is planned once', () => {
  it('does not take a review for one of its events', () => {
    expect(() => foldOf([queued, SEQUENCE, started, ended('a'), review('continue')])).toThrow('planned once');
  });
});

/** What it does next, restarted; or why it cannot be. */
function restart(events: NewRunEvent[], fromStep?: string) {
  const again = restartOf(foldOf(events), fromStep);
  if (!again.ok) return again.error.message;
  return next([...events, { type: 'run.restarted', time: TIME, data: again.value }, started]);
}

describe('an adaptive run that has ended', () => {
  it('begins again with the step that failed last, not with those it went on without', () => {
    const events = [
      ...begun,
      ended('a', 'failed'),
      change({ step_id: 'd' }, { step_id: 'e', depends_on: ['d'] }),
      ended('d'),
      ended('e', 'failed'),
      review('give_up', { error: FAILURE }),
      finished('failed'),
    ];
    expect(restart(events)).toEqual(['call e']);
    expect(restart(events, 'a')).toEqual(['call a', 'call e']);
  });

  it('asks its planner once more where every step ended well and the run did not', () => {
    const events = [...begun, ended('a'), ended('b'), ended('c')];
    expect(restart([...events, review('give_up', { error: FAILURE }), finished('failed')])).toEqual(['plan']);
    expect(restart([...events, rejected(null), finished('failed')])).toEqual(['plan']);
    expect(restart([...events, review('end'), finished('succeeded')])).toContain('say which');
  });
});

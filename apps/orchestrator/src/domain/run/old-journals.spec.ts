import { describe, expect, it } from '@jest/globals';
import { EVENT_DATA } from '@aos/contracts';
import { VERSIONS, journalsOf } from '../../../test/engine/journals/old-journals.ts';
import { commandsFor } from './decide.ts';
import { fold } from './evolve.ts';
import type { RunEvent } from './state.ts';

function journalOfVersion(version: number): RunEvent[] {
  return journalsOf(version)[0]?.events ?? [];
}

describe('a journal of engine version 1, without tokens, planning and artifacts', () => {
  const journal = journalOfVersion(1);

  it('still says what happened', () => {
    const state = fold(journal);
    expect(state).toMatchObject({
      status: 'succeeded',
      agentVersion: 1,
      stepsFinished: 4,
      costMicrocents: 600,
      inputTokens: 0,
      outputTokens: 0,
      artifacts: [],
      planning: { attempts: 0, error: null },
      outcome: { output: { n: 4 }, outputArtifact: null, error: null },
    });
    expect(Object.values(state.steps).map(({ attempts }) => attempts)).toEqual([1, 4, 2, 1]);
  });

  it('still leads on from every event', () => {
    const next = journal.map((_event, index) => {
      return commandsFor(fold(journal.slice(0, index + 1))).map(({ type }) => type);
    });
    expect(next[1]).toEqual(['start']);
    expect(next.slice(2, -1).flat()).not.toContain('plan');
    expect(next.at(-2)).toEqual(['finish']);
    expect(next.at(-1)).toEqual([]);
  });
});

describe('a journal of engine version 2, planned, with waits and an output kept as an artifact', () => {
  const journal = journalOfVersion(2);

  it('still says what happened', () => {
    const state = fold(journal);
    expect(state).toMatchObject({ status: 'succeeded', maxParallel: 8, failedStep: null });
    expect(Object.values(state.steps).map(({ status, attempts }) => [status, attempts])).toEqual([
      ['succeeded', 1],
      ['succeeded', 1],
      ['succeeded', 4],
      ['succeeded', 4],
    ]);
    expect(Object.values(state.steps).filter(({ outputArtifact }) => outputArtifact !== null)).toHaveLength(
      1,
    );
  });

  it('still leads on from every event, one step after the other', () => {
    const next = journal.map((_event, index) => commandsFor(fold(journal.slice(0, index + 1))));
    expect(next.slice(0, -1).map((commands) => commands.length)).toEqual(journal.slice(0, -1).map(() => 1));
    expect(next.at(-2)).toMatchObject([{ type: 'finish', data: { status: 'succeeded' } }]);
    expect(next.at(-1)).toEqual([]);
  });
});

describe('a journal of engine version 3, a graph that was decided about, cancelled, restarted and failed', () => {
  const journal = journalOfVersion(3);

  it('still says what happened', () => {
    const state = fold(journal);
    expect(state).toMatchObject({ status: 'failed', generation: 2, failedStep: 's2', costMicrocents: 700 });
    expect(Object.values(state.steps).map(({ status, attempts }) => [status, attempts])).toEqual([
      ['skipped', 1],
      ['succeeded', 1],
      ['failed', 1],
      ['failed', 1],
    ]);
  });

  it('keeps its effects: when it was admitted there were no rollbacks', () => {
    expect(fold(journal)).toMatchObject({ onFailure: 'keep', rollback: null });
    expect(commandsFor(fold(journal.slice(0, -1)))).toMatchObject([
      { type: 'finish', data: { status: 'failed' } },
    ]);
  });

  it('still leads on from every event but its two ends', () => {
    const next = journal.map((_event, index) => commandsFor(fold(journal.slice(0, index + 1))));
    const ends = journal.filter((_event, index) => next[index]?.length === 0);
    expect(ends.map(({ type }) => type)).toEqual(['run.finished', 'run.finished']);
  });
});

describe.each(VERSIONS)('journals of engine version %i', (version) => {
  it.each(journalsOf(version).map(({ events }, index) => ({ index, events })))(
    'still keep the contract of their events and lead to an end: $index',
    ({ events }) => {
      for (const { type, data } of events) expect(EVENT_DATA[type].safeParse(data).success).toBe(true);
      expect(commandsFor(fold(events))).toEqual([]);
    },
  );
});

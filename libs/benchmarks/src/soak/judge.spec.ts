import { describe, expect, it } from '@jest/globals';
import { judgeEffects, judgeWatched } from './judge.ts';

const calls = (entries: Record<string, Record<string, number>>) =>
  new Map(Object.entries(entries).map(([path, ids]) => [path, new Map(Object.entries(ids))]));

describe('effects are judged:', () => {
  it('each once under a key of its own is right, and again under the same key harmless', () => {
    expect(judgeEffects(['/a', '/b'], calls({ '/a': { x: 1 }, '/b': { y: 3 } }))).toEqual({
      effectsMissing: 0,
      effectsUnderTwoKeys: 0,
      keysShared: 0,
      effectsRepeated: 2,
    });
  });

  it('missing, under two keys, and a key for two are told apart', () => {
    const seen = calls({ '/a': { x: 1, z: 1 }, '/b': { x: 1 } });
    expect(judgeEffects(['/a', '/b', '/c'], seen)).toEqual({
      effectsMissing: 1,
      effectsUnderTwoKeys: 1,
      keysShared: 1,
      effectsRepeated: 0,
    });
  });
});

const judge = (...seqs: number[]) => judgeWatched(new Map([['run', 3]]), new Map([['run', seqs]]));

describe('what was watched is judged:', () => {
  it('every event once and in order is right', () => {
    expect(judge(1, 2, 3)).toEqual({ eventsMissing: 0, eventsTwice: 0, eventsOutOfOrder: 0 });
  });

  it('a hole, a repetition and a wrong order are told apart', () => {
    expect(judge(1, 3)).toEqual({ eventsMissing: 1, eventsTwice: 0, eventsOutOfOrder: 0 });
    expect(judge(1, 2, 2, 3)).toEqual({ eventsMissing: 0, eventsTwice: 1, eventsOutOfOrder: 0 });
    expect(judge(1, 3, 2)).toEqual({ eventsMissing: 0, eventsTwice: 0, eventsOutOfOrder: 1 });
    expect(judgeWatched(new Map([['run', 3]]), new Map()).eventsMissing).toBe(3);
  });
});

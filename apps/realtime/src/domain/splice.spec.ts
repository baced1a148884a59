import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Splice } from './splice.ts';

interface Scene {
  total: number;
  start: number;
  aheadMax: number;
  /** Live deliveries: any order, repeats and losses. */
  live: number[];
  /** Before which live delivery a page of history is read, and its length. */
  reads: { before: number; length: number }[];
}

const scenes: fc.Arbitrary<Scene> = fc
  .record({ total: fc.integer({ min: 0, max: 40 }), start: fc.integer({ min: 0, max: 40 }) })
  .chain(({ total, start }) =>
    fc.record({
      total: fc.constant(total),
      start: fc.constant(Math.min(start, total)),
      aheadMax: fc.integer({ min: 0, max: 6 }),
      live: total === 0 ? fc.constant([]) : fc.array(fc.integer({ min: 1, max: total }), { maxLength: 80 }),
      reads: fc.array(fc.record({ before: fc.nat({ max: 80 }), length: fc.integer({ min: 1, max: 7 }) }), {
        maxLength: 12,
      }),
    }),
  );

const pageAfter = (after: number, length: number, total: number) =>
  Array.from({ length: Math.max(0, Math.min(length, total - after)) }, (_, index) => ({
    seq: after + 1 + index,
  }));

/** Plays the live deliveries with the reads among them, then reads history to its end. */
function play(scene: Scene): { passed: number[]; splice: Splice<{ seq: number }> } {
  const splice = new Splice<{ seq: number }>(scene.start, scene.aheadMax);
  const passed: number[] = [];
  const take = (events: { seq: number }[]) => passed.push(...events.map((event) => event.seq));
  scene.live.forEach((seq, index) => {
    for (const read of scene.reads.filter(({ before }) => before === index)) {
      take(splice.history(pageAfter(splice.position, read.length, scene.total)));
    }
    take(splice.live({ seq }));
  });
  while (splice.position < scene.total) take(splice.history(pageAfter(splice.position, 5, scene.total)));
  return { passed, splice };
}

describe('Splice', () => {
  it('passes each event after the start exactly once and in order, however live and history interleave', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const { passed, splice } = play(scene);
        expect(passed).toEqual(pageAfter(scene.start, scene.total, scene.total).map(({ seq }) => seq));
        expect(splice.isIncomplete).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('ignores a page that was read before live events overtook it', () => {
    const splice = new Splice<{ seq: number }>(3);
    const stale = pageAfter(3, 2, 10);
    splice.live({ seq: 4 });
    splice.live({ seq: 5 });
    splice.live({ seq: 6 });
    expect(splice.history(stale)).toEqual([]);
    expect(splice.position).toBe(6);
  });

  it('is incomplete from a jump until history has filled the hole', () => {
    const splice = new Splice<{ seq: number }>(0);
    expect(splice.live({ seq: 3 })).toEqual([]);
    expect(splice.isIncomplete).toBe(true);
    expect(splice.history([{ seq: 1 }, { seq: 2 }])).toEqual([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
    expect(splice.isIncomplete).toBe(false);
  });

  it('keeps no more live events beyond a hole than allowed', () => {
    const splice = new Splice<{ seq: number }>(0, 2);
    for (const seq of [3, 4, 5]) splice.live({ seq });
    expect(splice.history([{ seq: 1 }, { seq: 2 }]).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(splice.isIncomplete).toBe(true);
  });

  it('starts at the first kept event where the journal no longer has the beginning', () => {
    const splice = new Splice<{ seq: number }>(0);
    expect(splice.history([{ seq: 8 }, { seq: 9 }])).toEqual([{ seq: 8 }, { seq: 9 }]);
  });
});

import { expect, it } from '@jest/globals';
import { summary } from './measure-fairness.ts';

const run = (toStartMs: number, inSlotMs: number) => ({ toStartMs, inSlotMs });

it('a wait is told in service times of a slot', () => {
  const figures = summary({
    queued: 1000,
    queuedAtEnd: 900,
    served: [run(5000, 200), run(6000, 100), run(7000, 300)],
    singles: [run(50, 200), run(300, 200), run(100, 200)],
    claims: [1, 2, 3],
  });
  expect(figures).toMatchObject({ serviceMs: 200, startP50Services: 0.5, startMaxServices: 1.5 });
  expect(figures).toMatchObject({ claims: 3, claimP50Ms: 2, claimP99Ms: 3 });
});

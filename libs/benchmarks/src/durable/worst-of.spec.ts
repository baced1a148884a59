import { expect, it } from '@jest/globals';
import type { CrashFigures } from './protocol.ts';
import { worstOf } from './worst-of.ts';

const clean: CrashFigures = {
  runsDone: 100,
  stepsMissing: 0,
  stepsReexecuted: 5,
  effectsRepeated: 5,
  effectsUnderTwoKeys: 0,
  firstStepS: 1,
  allGoneOnS: 2,
  allDoneS: 3,
};

it('one repetition with a fault is not hidden by two without', () => {
  const faulty = { ...clean, runsDone: 99, stepsMissing: 4, effectsUnderTwoKeys: 1, allDoneS: 90 };
  expect(worstOf([clean, faulty, clean])).toEqual({
    ...clean,
    runsDone: 99,
    stepsMissing: 4,
    effectsUnderTwoKeys: 1,
  });
});

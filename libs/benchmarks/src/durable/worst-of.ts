import { medians } from '../statistics.ts';
import type { CrashFigures } from './protocol.ts';

/** Medians of times and of what is harmless; the worst of what must not happen even once. */
export function worstOf(repetitions: readonly CrashFigures[]): CrashFigures {
  const max = (name: keyof CrashFigures) => Math.max(...repetitions.map((figures) => figures[name]));
  return {
    ...medians(repetitions.map((figures) => ({ ...figures }))),
    runsDone: Math.min(...repetitions.map(({ runsDone }) => runsDone)),
    stepsMissing: max('stepsMissing'),
    effectsUnderTwoKeys: max('effectsUnderTwoKeys'),
  };
}

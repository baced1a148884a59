import { microcentsOf } from '@aos/contracts';
import type { Prices } from '../domain/model.ts';

/** Prices as lists tell them: cents per million tokens, without a cache price the same as fresh input. */
export function centsPerMillion(
  input: number,
  cacheRead: number,
  cacheWrite: number,
  output: number,
): Prices {
  return {
    input: microcentsOf(input),
    cacheRead: microcentsOf(cacheRead),
    cacheWrite: microcentsOf(cacheWrite),
    output: microcentsOf(output),
  };
}

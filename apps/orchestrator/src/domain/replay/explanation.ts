import type { Deed } from './deed.ts';

/** What an event tells was done, and what the engine of today might have done instead of it: one of these explains it. */
export interface Explanation {
  found: Deed;
  allowed: readonly Deed[];
}

/** What comes from outside, where it may come. */
export function explained(found: Deed): Explanation {
  return { found, allowed: [found] };
}

export function unexplained(found: Deed): Explanation {
  return { found, allowed: [] };
}

export function explainedIf(isAllowed: boolean, found: Deed): Explanation {
  return isAllowed ? explained(found) : unexplained(found);
}

/** From one seed to another, both included. */
export type SeedRange = readonly [first: number, last: number];

/** What of `wanted` is in none of the ranges `done`. */
export function missingOf([first, last]: SeedRange, done: readonly SeedRange[]): SeedRange[] {
  const missing: SeedRange[] = [];
  let next = first;
  for (const [from, to] of merged(done)) {
    if (to < next) continue;
    if (from > last) break;
    if (from > next) missing.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= last) missing.push([next, last]);
  return missing;
}

/** Parts of at most `size` seeds, in order. */
export function partsOf(ranges: readonly SeedRange[], size: number): SeedRange[] {
  return ranges.flatMap(([first, last]) =>
    Array.from({ length: Math.ceil((last - first + 1) / size) }, (_, part): SeedRange => {
      const from = first + part * size;
      return [from, Math.min(last, from + size - 1)];
    }),
  );
}

/** The same seeds in as few ranges as can be, in order. */
export function merged(ranges: readonly SeedRange[]): SeedRange[] {
  const apart: SeedRange[] = [];
  for (const [first, last] of ranges.toSorted(([a], [b]) => a - b)) {
    const before = apart.at(-1);
    if (before === undefined || first > before[1] + 1) apart.push([first, last]);
    else apart[apart.length - 1] = [before[0], Math.max(before[1], last)];
  }
  return apart;
}

export function seedsIn(ranges: readonly SeedRange[]): number {
  return ranges.reduce((seeds, [first, last]) => seeds + last - first + 1, 0);
}

/** The value below which the given share (0 to 1) of the values lies; nearest rank. NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Each figure's own median over the repetitions. */
export function medians<K extends string>(repetitions: readonly Record<K, number>[]): Record<K, number> {
  const [first] = repetitions;
  if (first === undefined) throw new Error('nothing was measured');
  const names = Object.keys(first).filter((name): name is K => name in first);
  const entries = names.map((name) => [name, median(repetitions.map((figures) => figures[name]))] as const);
  return Object.fromEntries(entries) as Record<K, number>;
}

/** Integer micro-cents: 1 cent = 1,000,000. */
export const MICROCENTS_PER_CENT = 1_000_000;

/** Cents with at most 6 decimals → integer micro-cents. */
export function microcentsOf(cents: number): number {
  return Math.round(cents * MICROCENTS_PER_CENT);
}

/** Integer micro-cents → cents, a number with at most 6 decimals. */
export function centsOf(microcents: number): number {
  return microcents / MICROCENTS_PER_CENT;
}

import type { RateClass } from '@aos/contracts';
import type { RatePolicy } from './token-bucket.ts';

const MINUTE_MS = 60_000;
const READS_PER_WRITE = 10;

export type RatePolicies = Record<Exclude<RateClass, 'none'>, RatePolicy>;

function perMinute(name: string, limit: number): RatePolicy {
  return { name, limit, windowMs: MINUTE_MS };
}

/** The limits of a tenant: goals and other writes per minute; reads are counted apart at ten times the writes. */
export function ratePolicies(goalsPerMinute: number, writesPerMinute: number): RatePolicies {
  return {
    goals: perMinute('goals', goalsPerMinute),
    writes: perMinute('writes', writesPerMinute),
    reads: perMinute('reads', writesPerMinute * READS_PER_WRITE),
  };
}

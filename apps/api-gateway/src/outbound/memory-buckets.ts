import { succeed, type StructuredOutcome } from '@aos/contracts';
import { LRUCache } from 'lru-cache';
import type { TokenBuckets } from '../application/limit-rate.ts';
import { takeToken, verdictOf, type Bucket, type RatePolicy, type Verdict } from '../domain/token-bucket.ts';

const BUCKETS_MAX = 10_000;

/** Buckets of this process alone: for development without Redis. */
export class MemoryBuckets implements TokenBuckets {
  private readonly buckets = new LRUCache<string, Bucket>({ max: BUCKETS_MAX });

  constructor(private readonly now: () => number = Date.now) {}

  async take(key: string, policy: RatePolicy): Promise<StructuredOutcome<Verdict>> {
    const { isAllowed, bucket } = takeToken(policy, this.buckets.get(key), this.now());
    this.buckets.set(key, bucket);
    return succeed(verdictOf(policy, isAllowed, bucket.tokens));
  }
}

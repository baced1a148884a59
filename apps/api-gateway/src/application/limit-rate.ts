import { errorOf, fail, succeed, type RateClass, type StructuredOutcome } from '@aos/contracts';
import type { RatePolicies } from '../domain/rate-policies.ts';
import type { RatePolicy, Verdict } from '../domain/token-bucket.ts';

/** Where token buckets are kept; fails with `unavailable`, after a bounded wait, when they cannot be reached. */
export interface TokenBuckets {
  take(key: string, policy: RatePolicy): Promise<StructuredOutcome<Verdict>>;
}

export interface RateLimitOptions {
  isEnabled: boolean;
  /** Whether requests pass, uncounted, while the buckets cannot be reached. */
  isFailOpen: boolean;
}

/** Takes a token of the tenant's bucket for the class of a route; `undefined`: nothing was counted. */
export class LimitRate {
  constructor(
    private readonly buckets: TokenBuckets,
    private readonly policies: RatePolicies,
    private readonly options: RateLimitOptions,
  ) {}

  async run(tenantId: string, rateClass: RateClass): Promise<StructuredOutcome<Verdict | undefined>> {
    if (!this.options.isEnabled || rateClass === 'none') return succeed(undefined);
    const taken = await this.buckets.take(`${tenantId}:${rateClass}`, this.policies[rateClass]);
    if (taken.ok || !this.options.isFailOpen) return taken;
    return succeed(undefined);
  }
}

/** The refusal of a request over its limit. */
export function rateLimited(verdict: Verdict): ReturnType<typeof fail> {
  const { name, limit, windowMs } = verdict.policy;
  return fail(
    errorOf('rate_limited', `Over the limit of ${limit} ${name} per ${windowMs / 1000} s of this tenant.`, {
      retryAfterMs: verdict.resetMs,
    }),
  );
}

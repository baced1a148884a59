import { errorOf, fail } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { ratePolicies } from '../domain/rate-policies.ts';
import { MemoryBuckets } from '../outbound/memory-buckets.ts';
import { LimitRate, rateLimited, type TokenBuckets } from './limit-rate.ts';

const POLICIES = ratePolicies(3, 2);
const BROKEN: TokenBuckets = { take: async () => fail(errorOf('unavailable', 'down')) };

function limiter(buckets: TokenBuckets, { isEnabled = true, isFailOpen = true } = {}): LimitRate {
  return new LimitRate(buckets, POLICIES, { isEnabled, isFailOpen });
}

async function allowed(limitRate: LimitRate, tenantId: string, rateClass: 'goals' | 'writes' | 'reads') {
  let count = 0;
  for (let request = 0; request < 50; request += 1) {
    const taken = await limitRate.run(tenantId, rateClass);
    if (taken.ok && taken.value?.isAllowed === true) count += 1;
  }
  return count;
}

describe('the rate limit', () => {
  it('is counted apart for each class, reads at ten times the writes', async () => {
    const limitRate = limiter(new MemoryBuckets(() => 0));
    expect(await allowed(limitRate, 'acme', 'goals')).toBe(3);
    expect(await allowed(limitRate, 'acme', 'writes')).toBe(2);
    expect(await allowed(limitRate, 'acme', 'reads')).toBe(20);
  });

  it('of one tenant is not used up by another', async () => {
    const limitRate = limiter(new MemoryBuckets(() => 0));
    await allowed(limitRate, 'acme', 'goals');
    expect(await allowed(limitRate, 'globex', 'goals')).toBe(3);
  });

  it('counts nothing where it is switched off', async () => {
    const limitRate = limiter(BROKEN, { isEnabled: false, isFailOpen: false });
    expect(await limitRate.run('acme', 'goals')).toEqual({ ok: true, value: undefined });
  });

  it('lets requests pass uncounted while the buckets are down, if it may fail open', async () => {
    expect(await limiter(BROKEN).run('acme', 'goals')).toEqual({ ok: true, value: undefined });
  });

  it('refuses with unavailable while the buckets are down, if it may not', async () => {
    expect(await limiter(BROKEN, { isFailOpen: false }).run('acme', 'goals')).toMatchObject({
      error: { code: 'unavailable' },
    });
  });

  it('says when to come back', () => {
    const verdict = { isAllowed: false, policy: POLICIES.goals, remaining: 0, resetMs: 1_500 };
    expect(rateLimited(verdict)).toMatchObject({ error: { code: 'rate_limited', retry_after_ms: 1_500 } });
  });
});

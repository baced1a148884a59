import { succeed, type RateClass, type StructuredOutcome } from '@aos/contracts';
import type { FastifyReply } from 'fastify';
import { rateLimited, type LimitRate } from '../../application/limit-rate.ts';
import type { Verdict } from '../../domain/token-bucket.ts';

/** Takes a token of the tenant; what is left is told in the headers of the answer, also of a refusal. */
export async function rateLimitStage(
  reply: FastifyReply,
  limitRate: LimitRate,
  tenantId: string,
  rateClass: RateClass,
): Promise<StructuredOutcome<undefined>> {
  const taken = await limitRate.run(tenantId, rateClass);
  if (!taken.ok) return taken;
  const verdict = taken.value;
  if (verdict === undefined) return succeed(undefined);
  reply.headers(rateLimitHeaders(verdict));
  return verdict.isAllowed ? succeed(undefined) : rateLimited(verdict);
}

/** RateLimit and RateLimit-Policy as in draft-ietf-httpapi-ratelimit-headers-10: r is left, t seconds until the reset. */
export function rateLimitHeaders({ policy, remaining, resetMs }: Verdict): Record<string, string> {
  return {
    ratelimit: `"${policy.name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`,
    'ratelimit-policy': `"${policy.name}";q=${policy.limit};w=${policy.windowMs / 1000}`,
  };
}

import { errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { TokenBuckets } from '../application/limit-rate.ts';
import { verdictOf, type RatePolicy, type Verdict } from '../domain/token-bucket.ts';
import type { RedisClient } from './redis.client.ts';

const RETRY_AFTER_MS = 1_000;

/** Buckets in Redis, shared by all gateways. An outage is logged once when it begins and once when it ends. */
export class RedisBuckets implements TokenBuckets {
  private isDown = false;

  constructor(
    private readonly redis: RedisClient,
    private readonly logger: Logger,
  ) {}

  async take(key: string, policy: RatePolicy): Promise<StructuredOutcome<Verdict>> {
    try {
      const [taken, tokens] = await this.redis.takeToken(`aos:rate:${key}`, policy.limit, policy.windowMs);
      this.noteUp();
      return succeed(verdictOf(policy, taken === 1, Number(tokens)));
    } catch (error) {
      this.noteDown(error);
      const facts = { retryAfterMs: RETRY_AFTER_MS };
      return fail(errorOf('unavailable', 'Requests cannot be counted at the moment.', facts));
    }
  }

  private noteUp(): void {
    if (this.isDown) this.logger.info('Redis answers again: requests are counted');
    this.isDown = false;
  }

  private noteDown(error: unknown): void {
    if (!this.isDown) this.logger.error({ err: error }, 'Redis does not answer: requests are not counted');
    this.isDown = true;
  }
}

import { openGatewayDatabase, type GatewayDatabase } from '@aos/database/gateway';
import type { ApiGatewayConfig } from '@aos/contracts';
import { connectMessaging, type Messaging } from '@aos/messaging';
import type { HealthProbe } from '@aos/service-kit';
import type { Logger } from '@aos/telemetry';
import type { OnApplicationShutdown } from '@nestjs/common';
import { openRedis, type RedisClient } from './redis.client.ts';

/** What the gateway is connected to. Closed after the HTTP server, so that the last requests are still answered. */
export class Connections implements OnApplicationShutdown {
  private constructor(
    readonly messaging: Messaging,
    readonly database: GatewayDatabase,
    /** Absent where REDIS_URL is not set. */
    readonly redis: RedisClient | undefined,
  ) {}

  static async open(config: ApiGatewayConfig, logger: Logger): Promise<Connections> {
    const messaging = await connectMessaging({ url: config.NATS_URL, service: 'api-gateway', logger });
    const database = openGatewayDatabase({ url: config.DATABASE_URL, logger });
    const redis = config.REDIS_URL === undefined ? undefined : openRedis(config.REDIS_URL);
    return new Connections(messaging, database, redis);
  }

  /** Redis is critical only where requests are refused without it. */
  probes(isRedisCritical: boolean): HealthProbe[] {
    const { messaging, database, redis } = this;
    return [
      { name: 'database', critical: true, check: () => database.ping() },
      {
        name: 'redis',
        critical: isRedisCritical && redis !== undefined,
        check: async () =>
          redis === undefined
            ? { status: 'degraded', detail: 'REDIS_URL is not set: rate limits are counted in memory' }
            : redis.ping(),
      },
      {
        name: 'nats',
        critical: true,
        check: async () => {
          await messaging.roundTripMs();
        },
      },
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    await this.messaging.drain();
    await this.database.close();
    this.redis?.close();
  }
}

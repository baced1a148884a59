import { startNats, startRedis, testPostgres } from '@aos/testing';
import { startFakeOrchestrator, type FakeOrchestrator } from './fake-orchestrator.ts';
import { startGateway, type Gateway } from './start-gateway.ts';

export interface Surroundings {
  orchestrator: FakeOrchestrator;
  natsUrlFor(user: string): string;
  /** Of a gateway among them. */
  env: Record<string, string>;
  /** A gateway among them, ended with them. */
  gateway(env?: Record<string, string>): Promise<Gateway>;
  stop(): Promise<void>;
}

/** Real NATS, Redis and Postgres, and a stand-in for the orchestrator and its neighbours. */
export async function startSurroundings(): Promise<Surroundings> {
  const [nats, redis, postgres] = await Promise.all([startNats(), startRedis(), testPostgres()]);
  const orchestrator = await startFakeOrchestrator((user) => nats.urlFor(user));
  const gateways: Gateway[] = [];
  const env = {
    NATS_URL: nats.urlFor('api-gateway'),
    REDIS_URL: redis.url,
    DATABASE_URL: postgres.appUrl,
    RATE_LIMIT_DEFAULT_RPM: '100000',
    RATE_LIMIT_GOALS_RPM: '100000',
  };
  return {
    orchestrator,
    env,
    natsUrlFor: (user) => nats.urlFor(user),
    gateway: async (changes = {}) => {
      const gateway = await startGateway({ ...env, ...changes });
      gateways.push(gateway);
      return gateway;
    },
    stop: async () => {
      for (const gateway of gateways) await gateway.close();
      await orchestrator.close();
      await Promise.all([nats.stop(), redis.stop(), postgres.close()]);
    },
  };
}

import type { ServiceName } from '@aos/contracts';
import {
  startStack,
  stopStack,
  type NatsServer,
  type PostgresServer,
  type RedisServer,
  type ServiceProcess,
} from '@aos/tooling';
import { ownFolder } from './test-run.ts';

export interface TestStack {
  gatewayUrl: string;
  /** `ws://…` without a path. */
  realtimeUrl: string;
  /** Of the tenant `default`, level 3; empty where the gateway is not among the services. */
  apiKey: string;
  /** Level 5, all tenants. */
  adminKey: string;
  postgres: PostgresServer;
  redis: RedisServer;
  nats: NatsServer;
  /** Reading one that the stack was started without throws. */
  services: Record<ServiceName, ServiceProcess>;
  /** One more process of a service, on a free port. */
  startAnother(name: ServiceName): Promise<ServiceProcess>;
  /** Ends the services in good order, then the servers. */
  stop(): Promise<void>;
}

interface TestStackOptions {
  /** Default: all. */
  services?: readonly ServiceName[];
  /** Settings of the services. */
  env?: Record<string, string>;
}

const quiet = () => undefined;

/** The built services as processes, on servers of their own that may be killed. */
export async function startTestStack({ services, env }: TestStackOptions = {}): Promise<TestStack> {
  const stateDir = ownFolder('stack');
  const { PATH, HOME } = process.env;
  const stack = await startStack({
    stateDir,
    ports: 'free',
    env: { PATH, HOME, ENV: 'test', ...env },
    say: quiet,
    ...(services && { services }),
  });
  const { postgres, redis, nats } = stack.servers;
  if (!postgres || !redis || !nats) throw new Error('a test stack has servers of its own');
  const serviceOf = (name: ServiceName) => {
    const service = stack.services[name];
    if (service === undefined) throw new Error(`the stack was started without ${name}`);
    return service;
  };
  return {
    gatewayUrl: stack.file.gateway_url,
    realtimeUrl: stack.file.realtime_url,
    apiKey: stack.file.api_key,
    adminKey: stack.file.admin_key,
    postgres,
    redis,
    nats,
    services: {
      get 'api-gateway'() {
        return serviceOf('api-gateway');
      },
      get orchestrator() {
        return serviceOf('orchestrator');
      },
      get router() {
        return serviceOf('router');
      },
      get realtime() {
        return serviceOf('realtime');
      },
      get eval() {
        return serviceOf('eval');
      },
      get billing() {
        return serviceOf('billing');
      },
    },
    startAnother: (name) => stack.startAnother(name),
    stop: () => stopStack({ stateDir, say: quiet, wipe: false }),
  };
}

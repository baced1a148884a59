import type { ServiceName } from '@aos/contracts';
import {
  startModelSandbox,
  startStack,
  stopStack,
  type ModelSandbox,
  type NatsServer,
  type PostgresServer,
  type RedisServer,
  type ServiceProcess,
  type Stack,
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
  /** Answers the router's model calls; reading it where it was not asked for throws. */
  modelSandbox: ModelSandbox;
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
  /** Model calls are answered by a sandbox in this process, which can be scripted. Default false. */
  modelSandbox?: boolean;
}

const quiet = () => undefined;

/** The built services as processes, on servers of their own that may be killed. */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const { services, env, modelSandbox: hasSandbox = false } = options;
  const stateDir = ownFolder('stack');
  const { PATH, HOME } = process.env;
  const sandbox = hasSandbox ? await startModelSandbox() : undefined;
  const models = sandbox && { ANTHROPIC_BASE_URL: sandbox.url, ANTHROPIC_API_KEY: 'simulated' };
  const stack = await startStack({
    stateDir,
    ports: 'free',
    env: { PATH, HOME, ENV: 'test', ...models, ...env },
    say: quiet,
    ...(services && { services }),
  });
  const { postgres, redis, nats } = stack.servers;
  if (!postgres || !redis || !nats) throw new Error('a test stack has servers of its own');
  return {
    gatewayUrl: stack.file.gateway_url,
    realtimeUrl: stack.file.realtime_url,
    apiKey: stack.file.api_key,
    adminKey: stack.file.admin_key,
    postgres,
    redis,
    nats,
    services: servicesOf(stack),
    get modelSandbox() {
      if (sandbox === undefined) throw new Error('the stack was started without a model sandbox');
      return sandbox;
    },
    startAnother: (name) => stack.startAnother(name),
    stop: async () => {
      await stopStack({ stateDir, say: quiet, wipe: false });
      await sandbox?.close();
    },
  };
}

function servicesOf({ services }: Stack): TestStack['services'] {
  const serviceOf = (name: ServiceName) => {
    const service = services[name];
    if (service === undefined) throw new Error(`the stack was started without ${name}`);
    return service;
  };
  return {
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
  };
}

import type { ServiceName } from '@aos/contracts';
import type { StackServers } from './servers.ts';

export interface ServiceEnvOptions {
  servers: StackServers;
  adminKey: string;
  webhookKeysPath: string;
  artifactPath: string;
  /** How the router reaches models. */
  models: NodeJS.ProcessEnv;
  /** What the person set; wins over nothing that names a server. */
  env: NodeJS.ProcessEnv;
}

/** Each service gets the logins it needs and no others. */
export function serviceEnv(name: ServiceName, options: ServiceEnvOptions): NodeJS.ProcessEnv {
  const { servers, adminKey, webhookKeysPath, artifactPath, models } = options;
  const { appUrl, systemUrl } = servers.database;
  const databases = { DATABASE_URL: appUrl, DATABASE_SYSTEM_URL: systemUrl };
  const own: Record<ServiceName, NodeJS.ProcessEnv> = {
    'api-gateway': { DATABASE_URL: appUrl, REDIS_URL: servers.redisUrl, AOS_API_KEY: adminKey },
    orchestrator: {
      WEBHOOK_KEYS_PATH: webhookKeysPath,
      ARTIFACT_STORE: 'local',
      ARTIFACT_PATH: artifactPath,
      ...passedOn(options.env),
      ...databases,
    },
    router: { ...databases, ...models },
    realtime: {},
    eval: databases,
    billing: databases,
  };
  return {
    HOST: '127.0.0.1',
    ...passedOn(options.env),
    ...own[name],
    NATS_URL: servers.natsUrlFor(name),
  };
}

const NOT_PASSED_ON = [
  'DATABASE_URL',
  'DATABASE_SYSTEM_URL',
  'DATABASE_DIRECT_URL',
  'REDIS_URL',
  'NATS_URL',
  'AOS_API_KEY',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'LLM_PROVIDERS',
  'PORT',
  'NODE_OPTIONS',
];

/** The person's environment without logins, the package manager's variables and options meant for our own Node. */
function passedOn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('npm_') && !NOT_PASSED_ON.includes(name)),
  );
}

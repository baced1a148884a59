import { join } from 'node:path';
import type { ServiceName, StackFile } from '@aos/contracts';
import { ensureBuilt } from '../build.ts';
import { freePort } from '../free-port.ts';
import type { Say } from '../paths.ts';
import { PROCESS_FILE, runningProcess } from '../processes/process-file.ts';
import { startService, type ServiceProcess } from '../processes/service.ts';
import { tenantKey } from './api-key.ts';
import { ensureWebhookKeys, readCredentials, writeCredentials, writeSecretFile } from './credentials.ts';
import { artifactsOf, HOME_TENANT, logsOf, SERVICE_PORTS, stackFileOf, wishedPort } from './layout.ts';
import { endRouterOfOtherModels, modelsOf, type Models } from './models.ts';
import { serviceEnv } from './service-env.ts';
import { startServers, type StackServers } from './servers.ts';

export interface StackOptions {
  /** Kept between starts: data, logs, secrets, `stack.json`. */
  stateDir: string;
  /** `fixed`: the documented ports, or the next free ones. `free`: any. */
  ports: 'fixed' | 'free';
  /** Settings of the services, URLs of servers to use instead of own ones, AOS_API_KEY. */
  env: NodeJS.ProcessEnv;
  say: Say;
  /** Default: all. */
  services?: readonly ServiceName[];
  /** Models are simulated by a server of the stack. */
  modelSandbox?: boolean;
}

export interface Stack {
  file: StackFile;
  servers: StackServers;
  models: Models;
  services: Partial<Record<ServiceName, ServiceProcess>>;
  /** Starts one more process of a service beside the first, on a free port. */
  startAnother(name: ServiceName): Promise<ServiceProcess>;
}

/** Starts what does not run yet and returns when every service is ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { stateDir, env, say } = options;
  await ensureBuilt(say);
  const { allNatsPermissions, SERVICES } = await import('@aos/contracts');
  const users = allNatsPermissions().map(({ user }) => user);
  const credentials = readCredentials(stateDir, users);
  const adminKey = env['AOS_API_KEY'] ?? credentials.admin_key;
  const webhookKeysPath = ensureWebhookKeys(stateDir);
  const servers = await startServers({ ...options, credentials });

  const folder = logsOf(stateDir);
  const models = await modelsOf(options);
  await endRouterOfOtherModels(stateDir, models, say);
  const given = {
    servers,
    adminKey,
    webhookKeysPath,
    artifactPath: artifactsOf(stateDir),
    models: models.env,
  };
  const envOf = (name: ServiceName) => serviceEnv(name, { ...given, env });
  const names = options.services ?? SERVICES;
  say(`starting ${names.join(', ')}`);
  const ports = await servicePorts(names, options);
  const started = await Promise.all(
    names.map((name) => startService({ name, port: ports[name] ?? 0, env: envOf(name), folder })),
  );
  const services: Stack['services'] = Object.fromEntries(started.map((service) => [service.name, service]));

  const gatewayUrl = services['api-gateway']?.url;
  if (gatewayUrl !== undefined) {
    credentials.api_key = await tenantKey({ gatewayUrl, adminKey, known: credentials.api_key });
    writeCredentials(stateDir, credentials);
  }
  const file = describe({ servers, models, services: started, adminKey, apiKey: credentials.api_key ?? '' });
  writeSecretFile(stackFileOf(stateDir), `${JSON.stringify(file, null, 2)}\n`);
  let count = started.length;
  return {
    file,
    servers,
    models,
    services,
    startAnother: async (name) => {
      count += 1;
      return startService({ name, id: `${name}-${count}`, port: await freePort(), env: envOf(name), folder });
    },
  };
}

/** Found one after the other, so that a service does not take the port another one will ask for. */
async function servicePorts(
  names: readonly ServiceName[],
  { stateDir, env, ports }: StackOptions,
): Promise<Partial<Record<ServiceName, number>>> {
  const wishes = new Map(names.map((name) => [name, wishedPort(SERVICE_PORTS[name], env, ports)]));
  const found: Partial<Record<ServiceName, number>> = {};
  for (const [name, wished] of wishes) {
    const others = [...wishes].filter(([other]) => other !== name).flatMap(([, port]) => port ?? []);
    const running = runningProcess(join(logsOf(stateDir), `${name}${PROCESS_FILE}`));
    found[name] = running?.port ?? (await freePort(wished, others));
  }
  return found;
}

interface Described {
  servers: StackServers;
  models: Models;
  services: readonly ServiceProcess[];
  adminKey: string;
  apiKey: string;
}

function describe({ servers, models, services, adminKey, apiKey }: Described): StackFile {
  const urlOf = (name: ServiceName) => services.find((service) => service.name === name)?.url ?? '';
  return {
    gateway_url: urlOf('api-gateway'),
    realtime_url: urlOf('realtime').replace(/^http/, 'ws'),
    api_key: apiKey,
    admin_key: adminKey,
    tenant_id: HOME_TENANT,
    database_url: servers.database.appUrl,
    ...(servers.postgres && { database_admin_url: servers.postgres.adminUrl.replace(/[^/]+$/, 'aos') }),
    redis_url: servers.redisUrl,
    nats_url: servers.natsUrlFor('operator'),
    ...(models.sandboxUrl !== undefined && { model_sandbox_url: models.sandboxUrl }),
    services: Object.fromEntries(
      services.map((service) => [service.name, { pid: service.pid(), health_url: `${service.url}/health` }]),
    ),
  };
}

import type { Say } from '../paths.ts';
import { ensureDatabase, migrateDatabase, type DatabaseUrls } from '../servers/aos-database.ts';
import { declareAosStreams } from '../servers/aos-streams.ts';
import { natsUrl, startNats, type NatsServer } from '../servers/nats.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { startRedis, type RedisServer } from '../servers/redis.ts';
import type { Credentials } from './credentials.ts';
import { dataDirOf, SERVER_PORTS, wishedPort } from './layout.ts';
import { StackError } from './stack-error.ts';

export interface ServersOptions {
  stateDir: string;
  ports: 'fixed' | 'free';
  env: NodeJS.ProcessEnv;
  say: Say;
  credentials: Credentials;
}

/** How the services reach their servers. A server is absent where a URL of the environment stands for it. */
export interface StackServers {
  postgres?: PostgresServer;
  redis?: RedisServer;
  nats?: NatsServer;
  database: DatabaseUrls;
  redisUrl: string;
  natsUrlFor(user: string): string;
}

/** Starts what the environment does not name, then brings database and streams up to date. */
export async function startServers(options: ServersOptions): Promise<StackServers> {
  const [postgres, redis, nats] = await Promise.all([postgresOf(options), redisOf(options), natsOf(options)]);
  options.say('migrating the database and declaring streams');
  await Promise.all([migrateDatabase(postgres.database), declareAosStreams(nats.natsUrlFor('migrate'))]);
  return { ...postgres, ...redis, ...nats };
}

function common({ stateDir, ports, env, say }: ServersOptions, name: keyof typeof SERVER_PORTS) {
  const port = wishedPort(SERVER_PORTS[name], env, ports);
  return { dataDir: dataDirOf(stateDir, name), log: say, ...(port !== undefined && { port }) };
}

async function postgresOf(options: ServersOptions): Promise<Pick<StackServers, 'postgres' | 'database'>> {
  const { env, say } = options;
  const { admin, ...passwords } = options.credentials.postgres;
  const directUrl = env['DATABASE_DIRECT_URL'];
  if (directUrl !== undefined) {
    say('postgres: the one of DATABASE_DIRECT_URL');
    const urlOf = (role: 'aos_app' | 'aos_engine') => withLogin(directUrl, role, passwords[role]);
    return {
      database: {
        directUrl,
        appUrl: env['DATABASE_URL'] ?? urlOf('aos_app'),
        systemUrl: env['DATABASE_SYSTEM_URL'] ?? urlOf('aos_engine'),
      },
    };
  }
  if (env['DATABASE_URL'] !== undefined || env['DATABASE_SYSTEM_URL'] !== undefined) {
    throw new StackError(
      'DATABASE_URL is set: set DATABASE_DIRECT_URL (the owner, for migrations), too, or neither',
    );
  }
  const postgres = await startPostgres({ ...common(options, 'postgres'), adminPassword: admin });
  const database = await ensureDatabase({ adminUrl: postgres.adminUrl, name: 'aos', passwords });
  return { postgres, database };
}

function withLogin(url: string, user: string, password: string): string {
  const login = new URL(url);
  login.username = user;
  login.password = password;
  return login.href;
}

async function redisOf(options: ServersOptions): Promise<Pick<StackServers, 'redis' | 'redisUrl'>> {
  const outside = options.env['REDIS_URL'];
  if (outside !== undefined) {
    options.say('redis: the one of REDIS_URL');
    return { redisUrl: outside };
  }
  const redis = await startRedis(common(options, 'redis'));
  return { redis, redisUrl: redis.url };
}

async function natsOf(options: ServersOptions): Promise<Pick<StackServers, 'nats' | 'natsUrlFor'>> {
  const { env, say, credentials } = options;
  const outside = env['NATS_URL'];
  if (outside === undefined) {
    const nats = await startNats({ ...common(options, 'nats'), passwords: credentials.nats });
    return { nats, natsUrlFor: (user) => nats.urlFor(user) };
  }
  say('nats: the one of NATS_URL. It needs these users; their passwords are in credentials.json:');
  const { allNatsPermissions } = await import('@aos/contracts');
  for (const permissions of allNatsPermissions()) say(JSON.stringify(permissions));
  const { host, username } = new URL(outside);
  // A URL with a login of its own is taken as it is, for all services.
  return { natsUrlFor: (user) => (username === '' ? natsUrl(host, user, credentials.nats) : outside) };
}

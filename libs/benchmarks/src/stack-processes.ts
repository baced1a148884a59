import type { Stack } from '@aos/tooling';

/** Pids by name; what a container engine or somebody else runs is not counted. */
export function processesOf({ services, servers }: Stack): Record<string, number> {
  const { postgres, redis, nats } = servers;
  const ofServices = Object.values(services).map((service) => [service.name, service.pid()] as const);
  const ofServers = Object.entries({ postgres, redis, nats }).flatMap(([name, server]) => {
    const pid = server?.process()?.pid;
    return pid === undefined ? [] : [[name, pid] as const];
  });
  return Object.fromEntries([...ofServices, ...ofServers]);
}

/** The stack's Postgres: a superuser's URL of the services' database, and the server's process. */
export function postgresOf({ file, servers }: Stack): { adminUrl: string; pid: number } {
  const pid = servers.postgres?.process()?.pid;
  if (file.database_admin_url === undefined || pid === undefined) {
    throw new Error('the benchmark needs a Postgres that runs as a process of its own');
  }
  return { adminUrl: file.database_admin_url, pid };
}

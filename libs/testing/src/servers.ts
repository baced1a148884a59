import { allNatsPermissions } from '@aos/contracts';
import * as tooling from '@aos/tooling';
import { ownFolder, say } from './test-run.ts';

/** A Postgres of this test file, for tests that kill or restart it; fsync stays on. */
export async function startPostgres(): Promise<tooling.PostgresServer> {
  return tooling.startPostgres({ dataDir: ownFolder('postgres'), log: say });
}

/** A Redis of this test file. */
export async function startRedis(): Promise<tooling.RedisServer> {
  return tooling.startRedis({ dataDir: ownFolder('redis'), log: say });
}

/** The password of each NATS user in tests. */
function testPasswords(): Record<string, string> {
  return Object.fromEntries(allNatsPermissions().map(({ user }) => [user, `local-${user}`]));
}

interface TestNatsOptions {
  /** Whether streams and consumers are declared. Default true. */
  withStreams?: boolean;
}

/** A NATS of this test file with the generated users and rights. */
export async function startNats({ withStreams = true }: TestNatsOptions = {}): Promise<tooling.NatsServer> {
  const nats = await tooling.startNats({ dataDir: ownFolder('nats'), log: say, passwords: testPasswords() });
  if (withStreams) await tooling.declareAosStreams(nats.urlFor('migrate'));
  return nats;
}

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

/**
 * An S3 server of this test file. Undefined where none is to be had, which needs Python with pip: the reason is said, and
 * the tests that need one are to be skipped, which the last line of a test run counts.
 */
export async function startS3IfAvailable(): Promise<tooling.S3Server | undefined> {
  try {
    return await tooling.startS3({ dataDir: ownFolder('s3'), log: say });
  } catch (error) {
    if (!(error instanceof tooling.ProvisionError)) throw error;
    say(`SKIPPED: tests on an S3 server. ${error.message}`);
    return undefined;
  }
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

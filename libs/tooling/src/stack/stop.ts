import { globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Say } from '../paths.ts';
import { PROCESS_FILE, removeProcessFile, runningProcess } from '../processes/process-file.ts';
import { stopProcess } from '../processes/process-record.ts';
import { stopContainer } from '../servers/container.ts';
import { wipePostgres } from '../servers/postgres-data.ts';
import { dataDirOf, logsOf, sandboxPlaceOf, stackFileOf } from './layout.ts';

const SERVERS = ['postgres', 'redis', 'nats'] as const;

interface StopOptions {
  stateDir: string;
  say: Say;
  /** Removes data, artifacts, logs and secrets; programs that were fetched stay. */
  wipe: boolean;
}

/** Ends the stack in good order: the services drain, then the servers stop. Nothing running is no error. */
export async function stopStack({ stateDir, say, wipe }: StopOptions): Promise<void> {
  const services = globSync(`*${PROCESS_FILE}`, { cwd: logsOf(stateDir) });
  await Promise.all(services.map((file) => stopOne(join(logsOf(stateDir), file), say)));
  await stopOne(`${sandboxPlaceOf(stateDir)}${PROCESS_FILE}`, say);
  await Promise.all(
    SERVERS.map(async (server) => {
      const dataDir = dataDirOf(stateDir, server);
      await stopOne(`${dataDir}${PROCESS_FILE}`, say);
      await stopContainer(dataDir, wipe);
    }),
  );
  rmSync(stackFileOf(stateDir), { force: true });
  if (wipe) wipeState(stateDir, say);
}

async function stopOne(file: string, say: Say): Promise<void> {
  const running = runningProcess(file);
  if (running !== undefined) {
    const name = file.slice(file.lastIndexOf('/') + 1, -PROCESS_FILE.length);
    const isGraceful = await stopProcess(running, { signal: running.stopSignal });
    say(isGraceful ? `${name} stopped` : `${name} did not end in time and was killed`);
  }
  removeProcessFile(file);
}

function wipeState(stateDir: string, say: Say): void {
  wipePostgres(dataDirOf(stateDir, 'postgres'));
  for (const entry of ['servers', 'logs', 'artifacts', 'webhook-keys', 'credentials.json']) {
    rmSync(join(stateDir, entry), { recursive: true, force: true });
  }
  say('data, artifacts, logs and secrets removed');
}

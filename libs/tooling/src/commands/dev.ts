import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../lock.ts';
import { repositoryRoot } from '../paths.ts';
import type { ServiceProcess } from '../processes/service.ts';
import { defaultStateDir, logsOf } from '../stack/layout.ts';
import { startStack } from '../stack/start.ts';
import { stopStack } from '../stack/stop.ts';
import { runCommand, say } from './exit.ts';

const QUIET_MS = 500;
const stateDir = defaultStateDir();

/** Calls back when no file of the folder has changed for a moment after a change. */
function afterChanges(folder: string, callback: () => void): void {
  let timer: NodeJS.Timeout | undefined;
  watch(folder, { recursive: true }, (_event, file) => {
    if (file?.endsWith('.js') !== true) return;
    clearTimeout(timer);
    timer = setTimeout(callback, QUIET_MS);
  });
}

/** Restarts one after the other; changes during a restart lead to one more. */
function restarter(service: ServiceProcess): () => void {
  let isRestarting = false;
  let isStale = false;
  const restart = async () => {
    isRestarting = true;
    while (isStale) {
      isStale = false;
      say(`restarting ${service.name}`);
      await service.restart().catch((error: unknown) => say(String(error)));
    }
    isRestarting = false;
  };
  return () => {
    isStale = true;
    if (!isRestarting) void restart();
  };
}

async function dev(): Promise<void> {
  const stack = await withLock(join(stateDir, 'stack.lock'), () =>
    startStack({ stateDir, ports: 'fixed', env: process.env, say }),
  );
  const services = Object.values(stack.services);
  const restarts = services.map((service) => ({ service, restart: restarter(service) }));
  for (const { service, restart } of restarts) {
    afterChanges(join(repositoryRoot, 'apps', service.name, 'dist'), restart);
  }
  for (const library of ['contracts', 'telemetry', 'messaging', 'database', 'service-kit']) {
    afterChanges(join(repositoryRoot, 'libs', library, 'dist'), () =>
      restarts.forEach(({ restart }) => restart()),
    );
  }
  const compiler = spawn('tsc', ['-b', '--watch', '--preserveWatchOutput'], {
    cwd: repositoryRoot,
    stdio: 'inherit',
  });
  const logs = spawn('tail', ['-q', '-n', '0', '-F', ...services.map(({ logFile }) => logFile)], {
    stdio: 'inherit',
  });
  say(`ready: ${stack.file.gateway_url}, logs in ${logsOf(stateDir)}; Ctrl-C stops everything`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  compiler.kill();
  logs.kill();
  await stopStack({ stateDir, say, wipe: false });
  process.exit();
}

await runCommand(dev);

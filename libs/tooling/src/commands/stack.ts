import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { withLock } from '../lock.ts';
import {
  defaultStateDir,
  logsOf,
  MODEL_SANDBOX_PORT,
  SERVER_PORTS,
  SERVICE_PORTS,
  stackFileOf,
} from '../stack/layout.ts';
import { describeModels } from '../stack/models.ts';
import { StackError } from '../stack/stack-error.ts';
import { startStack, type Stack } from '../stack/start.ts';
import { stackStatus, type PartStatus } from '../stack/status.ts';
import { stopStack } from '../stack/stop.ts';
import { runCommand, say } from './exit.ts';

const stateDir = defaultStateDir();
const locked = <T>(work: () => Promise<T>) => withLock(join(stateDir, 'stack.lock'), work, say);

async function up({ modelSandbox = false }: { modelSandbox?: boolean }): Promise<void> {
  const startedAtMs = performance.now();
  const stack = await locked(() =>
    startStack({ stateDir, ports: 'fixed', env: process.env, say, modelSandbox }),
  );
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`The stack is up after ${seconds} s; ${stackFileOf(stateDir)} says how to reach it.`);
  showUrls(stack);
}

function showUrls({ file, models }: Stack): void {
  console.log(`  gateway   ${file.gateway_url}`);
  console.log(`  realtime  ${file.realtime_url}`);
  console.log(`  api key   ${file.api_key}`);
  console.log(`  models    ${describeModels(models)}`);
}

async function status({ json = false }: { json?: boolean }): Promise<void> {
  const parts = await stackStatus(stateDir);
  if (json) console.log(JSON.stringify({ parts }));
  else parts.forEach(showPart);
  if (parts.some(({ state }) => state !== 'ready')) process.exitCode = 1;
}

function showPart({ name, state, pid, port }: PartStatus): void {
  const place = port === null ? '' : `port ${port}`;
  console.log(
    `${name.padEnd(14)}${state.padEnd(11)}${place.padEnd(12)}${pid === null ? '' : `pid ${pid}`}`.trimEnd(),
  );
}

function logs(
  name: string | undefined,
  { lines, follow = false }: { lines: string; follow?: boolean },
): void {
  const folders = [logsOf(stateDir), join(stateDir, 'servers')];
  const files = folders.flatMap((folder) =>
    globSync('*.log', { cwd: folder }).map((file) => join(folder, file)),
  );
  const wanted = files.filter((file) => name === undefined || basename(file, '.log') === name);
  if (wanted.length === 0) {
    const known = files.map((file) => basename(file, '.log')).join(', ');
    throw new StackError(`no log of ${name ?? 'the stack'}; there are: ${known || 'none'}`);
  }
  spawnSync('tail', ['-n', lines, ...(follow ? ['-F'] : []), ...wanted], { stdio: 'inherit' });
}

const PORTS = [...Object.values(SERVICE_PORTS), ...Object.values(SERVER_PORTS), MODEL_SANDBOX_PORT];
const PORT_VARIABLES = PORTS.map(({ variable, port }) => `  ${variable} (${port})`).join('\n');

const program = new Command('stack')
  .description('The local stack: Postgres, Redis, NATS and all services.')
  .addHelpText(
    'after',
    `
Variables read by up (default; a port that is taken gives way to the next free one):
${PORT_VARIABLES}
  AOS_STATE_DIR (.aos)
  AOS_SERVERS=programs: no containers, also where a container engine answers
  DATABASE_DIRECT_URL, REDIS_URL, NATS_URL: servers to use instead of own ones
  ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL: for model calls; the router alone gets them
All others reach the services.`,
  );
program
  .command('up')
  .description('start what is not running; returns when every service is ready')
  .option(
    '--model-sandbox',
    'models are simulated by a local server; wins over ANTHROPIC_API_KEY, ends with down',
  )
  .action((options: { modelSandbox?: boolean }) => runCommand(() => up(options)));
program
  .command('down')
  .description('stop all; data stays')
  .option('--wipe', 'remove data, artifacts, logs and secrets')
  .action(({ wipe = false }: { wipe?: boolean }) =>
    runCommand(() => locked(() => stopStack({ stateDir, say, wipe }))),
  );
program
  .command('status')
  .description('what runs; exit code 1 unless everything is ready')
  .option('--json', 'as {"parts": [{name, state, pid, port}]}')
  .action((options: { json?: boolean }) => runCommand(() => status(options)));
program
  .command('logs')
  .description('the last lines of the logs')
  .argument(
    '[service]',
    `${[...Object.keys(SERVICE_PORTS), ...Object.keys(SERVER_PORTS)].join(', ')} or model-sandbox; default: all`,
  )
  .option('-n, --lines <count>', 'lines of each log', '100')
  .option('-f, --follow', 'go on with what is written')
  .action((name: string | undefined, options: { lines: string; follow?: boolean }) =>
    runCommand(async () => logs(name, options)),
  );
await program.parseAsync();

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { ensureBuilt } from '../build.ts';
import { repositoryRoot } from '../paths.ts';
import { StackError } from '../stack/stack-error.ts';
import { runCommand, say } from './exit.ts';

const FOLDER = join(repositoryRoot, 'libs/benchmarks/src');
const ENDING = '.bench.ts';
const names = globSync(`*${ENDING}`, { cwd: FOLDER }).map((file) => basename(file, ENDING));

async function bench(name: string | undefined, args: readonly string[]): Promise<void> {
  if (name !== undefined && !names.includes(name)) {
    throw new StackError(`no benchmark ${name}; there are: ${names.join(', ')}`);
  }
  await ensureBuilt(say);
  for (const each of name === undefined ? names : [name]) await runOne(each, args);
}

async function runOne(name: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(FOLDER, `${name}${ENDING}`), ...args], { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself, which ends its stack; other signals are handed on, and this process waits.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit');
  process.exitCode = Number(code ?? 1) || process.exitCode;
}

const program = new Command('bench')
  .description(`The benchmarks, a table each: ${names.join(', ')}. Without a name: all of them.`)
  .argument('[name]')
  .argument('[options...]', 'of the benchmark; --help after its name shows them')
  .passThroughOptions()
  .enablePositionalOptions()
  .action((name: string | undefined, args: string[]) => runCommand(() => bench(name, args)));
await program.parseAsync();

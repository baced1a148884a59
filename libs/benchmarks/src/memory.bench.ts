import { setTimeout as sleep } from 'node:timers/promises';
import { programsDir, withTemporaryStack, type Stack } from '@aos/tooling';
import { Command } from 'commander';
import { memoryOf, type ProcessMemory } from './memory/process-memory.ts';
import { table } from './table.ts';

interface Options {
  idle: number;
  maxMib: number;
  json?: true;
}

interface Row extends ProcessMemory {
  name: string;
}

const say = (line: string) => console.error(line);

async function measure({ services }: Stack, idleSeconds: number): Promise<Row[]> {
  say(`waiting ${idleSeconds} s, idle`);
  await sleep(idleSeconds * 1000);
  const rows = Object.values(services).map((service) => ({ name: service.name, ...memoryOf(service.pid()) }));
  const sumOf = (key: keyof ProcessMemory) => rows.reduce((sum, row) => sum + row[key], 0);
  return [...rows, { name: 'all services', rssMib: sumOf('rssMib'), pssMib: sumOf('pssMib') }];
}

function textOf(rows: readonly Row[]): string {
  const cells = rows.map(({ name, rssMib, pssMib }) => ({ name, values: [rssMib, pssMib] }));
  return table(['RSS MiB', 'PSS MiB'], cells);
}

const program = new Command('bench memory')
  .description('What the services of an idle stack hold in memory.')
  .option('--idle <seconds>', 'how long the stack is left alone before', Number, 20)
  .option('--max-mib <n>', 'exit code 1 when the RSS of all services is more', Number, 1024)
  .option('--json', 'the figures as JSON');
program.parse();
const { idle, maxMib, json } = program.opts<Options>();
const rows = await withTemporaryStack(
  { name: 'bench', parent: programsDir, env: {}, say, modelSandbox: true },
  ({ stack }) => measure(stack, idle),
);
console.log(json ? JSON.stringify(rows, null, 2) : textOf(rows));
if ((rows.at(-1)?.rssMib ?? 0) > maxMib) process.exitCode = 1;

import { programsDir, withTemporaryStack, type Stack } from '@aos/tooling';
import { Command } from 'commander';
import { adminPool } from './admin-pool.ts';
import { BENCH_SETTINGS, count } from './bench-options.ts';
import { soak, type SoakFigures } from './soak/soak.ts';
import { faultsFound } from './soak/verdict.ts';
import { postgresOf } from './stack-processes.ts';

interface Options {
  minutes: number;
  json?: true;
}

const startMs = performance.now();
const say = (line: string) =>
  console.error(`${((performance.now() - startMs) / 1000).toFixed(1)} s: ${line}`);

async function run(stack: Stack, { minutes }: Options): Promise<SoakFigures> {
  const pool = adminPool(postgresOf(stack).adminUrl);
  try {
    return await soak(stack, pool, minutes * 60_000, say);
  } finally {
    await pool.end();
  }
}

function listed(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function textOf(figures: SoakFigures, found: readonly string[]): string {
  return [
    `Faults: ${listed(figures.faults)}`,
    `Runs: ${listed(figures.runs)}`,
    `Calls repeated under their key: ${figures.effectsRepeated}; gaps told to watchers: ${figures.gaps}; their reconnections: ${figures.reconnects}`,
    `Spent: ${figures.spent} microcents, cost of the runs: ${figures.cost}`,
    ...(found.length === 0
      ? ['Nothing is wrong.']
      : ['WRONG:', ...found.slice(0, 50).map((line) => `  ${line}`)]),
  ].join('\n');
}

const program = new Command('bench soak')
  .description(
    'Load while processes are killed and stopped at random; then everything is counted. Exit code 1: something is wrong.',
  )
  .option('--minutes <n>', 'how long', count, 10)
  .option('--json', 'the figures as JSON');
program.parse();
const options = program.opts<Options>();
const env = { ...BENCH_SETTINGS, WS_TOPICS_MAX: '100000' };
const figures = await withTemporaryStack({ name: 'bench', parent: programsDir, env, say }, ({ stack }) =>
  run(stack, options),
);
const found = faultsFound(figures);
console.log(options.json ? JSON.stringify({ ...figures, found }, null, 2) : textOf(figures, found));
process.exit(found.length === 0 ? 0 : 1);

import { availableParallelism } from 'node:os';
import { programsDir, withTemporaryStack, type TemporaryStack } from '@aos/tooling';
import { Command } from 'commander';
import { adminPool } from './admin-pool.ts';
import { BENCH_SETTINGS, count } from './bench-options.ts';
import { measureFairness, type FairnessFigures, type FairnessOptions } from './fairness/measure-fairness.ts';
import { postgresOf } from './stack-processes.ts';
import { table } from './table.ts';

type Options = Omit<FairnessOptions, 'explain'> & { explain?: true; json?: true };

const say = (line: string) => console.error(line);

async function measure(own: TemporaryStack, options: Options): Promise<FairnessFigures> {
  const pool = adminPool(postgresOf(own.stack).adminUrl);
  try {
    return await measureFairness(own, pool, { ...options, explain: options.explain ?? false, say });
  } finally {
    await pool.end();
  }
}

function textOf(figures: FairnessFigures, { singles, replicas }: Options): string {
  const rows = [
    ['runs of one tenant queued at the start', figures.queued],
    ['and at the end', figures.queuedAtEnd],
    ['a run keeps its slot, p50 ms', figures.serviceMs],
    ["the other tenant's run starts after, p50 ms", figures.startP50Ms],
    ['after, at most, ms', figures.startMaxMs],
    ['in service times of a slot, p50', figures.startP50Services],
    ['in service times, at most', figures.startMaxServices],
    ['claims', figures.claims],
    ['claim p50, ms', figures.claimP50Ms],
    ['claim p99, ms', figures.claimP99Ms],
  ] as const;
  return [
    `${singles} single runs of another tenant; ${replicas} worker(s); ${availableParallelism()} CPUs; fsync on.`,
    '',
    table(
      [''],
      rows.map(([name, value]) => ({ name, values: [value] })),
    ),
    ...(figures.plan === undefined ? [] : ['', 'A claim, as Postgres does it:', figures.plan]),
  ].join('\n');
}

const program = new Command('bench fairness')
  .description('A backlog of one tenant, and how long the single run of another waits for a slot.')
  .option('--queued <n>', 'runs in the backlog', count, 100_000)
  .option('--singles <n>', 'runs of the other tenant, one after the other', count, 20)
  .option('--replicas <n>', 'orchestrators', count, 1)
  .option('--explain', 'how Postgres does a claim at that depth')
  .option('--json', 'the figures as JSON');
program.parse();
const options = program.opts<Options>();
const figures = await withTemporaryStack(
  { name: 'bench', parent: programsDir, env: BENCH_SETTINGS, say },
  (own) => measure(own, options),
);
console.log(options.json ? JSON.stringify(figures, null, 2) : textOf(figures, options));
process.exit();

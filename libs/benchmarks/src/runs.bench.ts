import { availableParallelism } from 'node:os';
import { programsDir, withTemporaryStack, type Stack } from '@aos/tooling';
import { Command } from 'commander';
import { BENCH_SETTINGS, count } from './bench-options.ts';
import { openAosClient } from './runs/aos-client.ts';
import type { Load } from './runs/load.ts';
import { measureAos } from './runs/measure-aos.ts';
import { measureFloors } from './runs/raw-floor.ts';
import { reportText, type RunsReport } from './runs/report.ts';
import { openStepKinds } from './runs/step-kinds.ts';
import { postgresOf } from './stack-processes.ts';

interface Options extends Load {
  reps: number;
  json?: true;
}

const say = (line: string) => console.error(line);

async function measure(stack: Stack, { runs, concurrency, reps }: Options): Promise<RunsReport> {
  const load = { runs, concurrency };
  const client = await openAosClient(stack.file);
  const steps = await openStepKinds();
  try {
    const agentId = await client.createAgent();
    const aos: RunsReport['aos'][number][] = [];
    for (const kind of steps.kinds) {
      say(`measuring ${kind.name}`);
      const { plan } = kind;
      const figures = await measureAos({ stack, client, agentId, plan, load, repetitions: reps });
      aos.push({ kind, figures });
    }
    say('measuring the raw floors');
    const [cheapest] = steps.kinds;
    if (cheapest === undefined) throw new Error('there is no step to measure');
    const { runId } = await client.run(agentId, cheapest.plan);
    const { adminUrl: databaseUrl, pid: postgresPid } = postgresOf(stack);
    const floors = await measureFloors({ databaseUrl, postgresPid, runId, load, repetitions: reps });
    return { load, repetitions: reps, cpus: availableParallelism(), aos, floors };
  } finally {
    steps.close();
    await client.close();
  }
}

const program = new Command('bench runs')
  .description('Runs of ten cheap steps on a stack of their own, beside what writing the same rows costs.')
  .option('--runs <n>', 'runs of a repetition', count, 400)
  .option('--concurrency <n>', 'runs at once', count, 20)
  .option('--reps <n>', 'repetitions, of which the medians are shown', count, 3)
  .option('--json', 'the figures as JSON');
program.parse();
const options = program.opts<Options>();
// On the disk of the checkout: the folder for temporary files may be memory, where fsync costs nothing.
const report = await withTemporaryStack(
  { name: 'bench', parent: programsDir, env: BENCH_SETTINGS, say },
  ({ stack }) => measure(stack, options),
);
console.log(options.json ? JSON.stringify(report, null, 2) : reportText(report));
process.exit();

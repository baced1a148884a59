import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { programsDir, withTemporaryStack, type TemporaryStack } from '@aos/tooling';
import { Command } from 'commander';
import { BENCH_SETTINGS, count, someOf } from './bench-options.ts';
import { openAos } from './durable/aos-system.ts';
import { measureSystem, type Measurement } from './durable/measure-system.ts';
import { openDbos, openFloor } from './durable/peers/postgres-peers.ts';
import { openRestate } from './durable/peers/restate.ts';
import { durableText, type DurableReport, type MeasuredSystem } from './durable/report.ts';
import type { Site, System } from './durable/system.ts';
import { postgresOf } from './stack-processes.ts';

const PEERS = { dbos: openDbos, restate: openRestate, floor: openFloor };
const PEER_NAMES = ['dbos', 'restate', 'floor'] as const;
const WORKS = ['W1', 'W2', 'W3'] as const;

interface Options {
  peers: (typeof PEER_NAMES)[number][];
  work: (typeof WORKS)[number][];
  runs: number;
  concurrency: number;
  crashRuns: number;
  reps: number;
  json?: true;
}

const say = (line: string) => console.error(line);

/** One after the other, each alone: AOS is ended before the first peer is started. */
async function measureAll({ stack, folder }: TemporaryStack, options: Options): Promise<DurableReport> {
  const { work: works, runs, concurrency, crashRuns, reps: repetitions, peers } = options;
  const measurement: Measurement = { works, load: { runs, concurrency }, crashRuns, repetitions };
  const site: Site = { logs: join(folder, 'logs'), data: folder, postgres: postgresOf(stack), say };
  const systems = [await measureOne('aos', () => openAos(stack), measurement)];
  for (const name of peers) {
    const open = () => PEERS[name](site);
    systems.push(await measureOne(name, open, measurement).catch(toUnavailable(name)));
  }
  return { ...measurement, cpus: availableParallelism(), systems };
}

async function measureOne(
  name: string,
  open: () => Promise<System>,
  measurement: Measurement,
): Promise<MeasuredSystem> {
  say(`measuring ${name}`);
  const system = await open();
  try {
    return { name, figures: await measureSystem(system, measurement) };
  } finally {
    await system.close();
  }
}

function toUnavailable(name: string): (error: unknown) => MeasuredSystem {
  return (error) => ({ name, unavailable: error instanceof Error ? error.message : String(error) });
}

const program = new Command('bench durable')
  .description('The same durable runs on AOS and on other engines, side by side, in one run on one machine.')
  .option('--peers <names>', `of ${PEER_NAMES.join(', ')}; empty: AOS alone`, someOf(PEER_NAMES), [
    ...PEER_NAMES,
  ])
  .option('--work <names>', 'W1 throughput, W2 latency, W3 a killed worker', someOf(WORKS), [...WORKS])
  .option('--runs <n>', 'runs of a repetition of W1', count, 200)
  .option('--concurrency <n>', 'runs at once in W1', count, 20)
  .option('--crash-runs <n>', 'runs of a repetition of W3', count, 100)
  .option('--reps <n>', 'repetitions, of which the medians are shown', count, 3)
  .option('--json', 'the figures as JSON');
program.parse();
const options = program.opts<Options>();
const report = await withTemporaryStack(
  { name: 'bench', parent: programsDir, env: BENCH_SETTINGS, say },
  (own) => measureAll(own, options),
);
console.log(options.json ? JSON.stringify(report, null, 2) : durableText(report));
process.exit();

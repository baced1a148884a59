import { createPool, type Pool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { v7 } from 'uuid';
import { cpuMsBetween, cpuMsOf } from '../cpu.ts';
import { groupCommit } from '../group-commit.ts';
import { medians } from '../statistics.ts';
import { underLoad, type Load, type LoadFigures } from './load.ts';
import { STEPS_PER_RUN } from './step-kinds.ts';

export interface FloorFigures extends LoadFigures {
  /** Of this process and of Postgres. */
  cpuMsPerStep: number;
}

export interface FloorOptions {
  /** A superuser of the database that AOS was measured on. */
  databaseUrl: string;
  postgresPid: number;
  /** A run of the benchmark, whose journal is written again and again. */
  runId: string;
  load: Load;
  repetitions: number;
}

interface Row {
  run_seq: number;
  tenant_id: string;
  agent_id: string;
  type: string;
  payload: unknown;
}

/** What a run writes at once: one step, or all before the first and all after the last. */
type Append = readonly Row[];
type Write = (runId: string, rows: Append) => Promise<void>;

/** The floors are that much faster: with as many runs as AOS does they were over before CPU time is counted. */
export const FLOOR_RUNS_FACTOR = 10;

const INSERT = `
  insert into bench_events (run_day, run_id, run_seq, tenant_id, agent_id, type, time, payload)
  select current_date, e.run_id, e.run_seq, e.tenant_id, e.agent_id, e.type, now(), e.payload::json
  from unnest($1::uuid[], $2::int[], $3::text[], $4::uuid[], $5::text[], $6::text[])
    as e(run_id, run_seq, tenant_id, agent_id, type, payload)`;

/** What durability alone costs here: one process writes the same rows to the same Postgres, and nothing else is done. */
export async function measureFloors(options: FloorOptions) {
  const logger = createLogger({ service: 'benchmarks', level: 'warn' });
  const { concurrency } = options.load;
  const pool = createPool({
    url: options.databaseUrl,
    applicationName: 'benchmarks',
    max: concurrency,
    logger,
  });
  try {
    await pool.query('create table bench_events (like orchestrator.run_events including all)');
    const appends = await appendsOf(pool, options.runId);
    return {
      groupCommit: await measure(options, appends, oneWriter(pool)),
      insertPerStep: await measure(options, appends, (runId, rows) => insert(pool, [{ runId, rows }])),
    };
  } finally {
    await pool.end();
  }
}

async function measure(
  { load, repetitions, postgresPid }: FloorOptions,
  appends: readonly Append[],
  write: Write,
): Promise<FloorFigures> {
  const one = async () => {
    const runId = v7();
    for (const rows of appends) await write(runId, rows);
  };
  const longer = { ...load, runs: load.runs * FLOOR_RUNS_FACTOR };
  await underLoad(load, one);
  const figures: FloorFigures[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const roots = { postgres: postgresPid };
    const [before, own] = [cpuMsOf(roots), process.cpuUsage()];
    const loaded = await underLoad(longer, one);
    const { user, system } = process.cpuUsage(own);
    const ownMs = (user + system) / 1000;
    const { postgres = 0 } = cpuMsBetween(before, cpuMsOf(roots));
    figures.push({ ...loaded, cpuMsPerStep: (ownMs + postgres) / (longer.runs * STEPS_PER_RUN) });
  }
  return medians(figures);
}

/** One writer commits all that is pending and starts again as soon as that is durable. */
function oneWriter(pool: Pool): Write {
  const write = groupCommit<{ runId: string; rows: Append }>((batch) => insert(pool, batch));
  return (runId, rows) => write({ runId, rows });
}

async function insert(pool: Pool, batch: readonly { runId: string; rows: Append }[]): Promise<void> {
  const rows = batch.flatMap(({ runId, rows: own }) => own.map((row) => ({ ...row, runId })));
  const values = [
    rows.map((row) => row.runId),
    rows.map((row) => row.run_seq),
    rows.map((row) => row.tenant_id),
    rows.map((row) => row.agent_id),
    rows.map((row) => row.type),
    rows.map((row) => JSON.stringify(row.payload)),
  ];
  await pool.query({ name: 'bench_insert', text: INSERT, values });
}

async function appendsOf(pool: Pool, runId: string): Promise<Append[]> {
  const { rows } = await pool.query<Row>(
    `select run_seq, tenant_id, agent_id, type, payload from orchestrator.run_events where run_id = $1 order by run_seq`,
    [runId],
  );
  const steps = rows.filter(({ type }) => type === 'step.finished');
  const [first, last] = [steps[0]?.run_seq ?? 0, steps.at(-1)?.run_seq ?? 0];
  if (steps.length !== STEPS_PER_RUN) throw new Error(`run ${runId} has ${steps.length} steps`);
  const before = rows.filter(({ run_seq }) => run_seq < first);
  const after = rows.filter(({ run_seq }) => run_seq > last);
  return [before, ...steps.map((row) => [row]), after];
}

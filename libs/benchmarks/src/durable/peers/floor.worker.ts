import { createPool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { groupCommit } from '../../group-commit.ts';
import { STEPS_PER_RUN } from '../../runs/step-kinds.ts';
import { serveRuns } from './front.ts';
import { step, type RunRequest } from './step.ts';

/** `seq` 0: the run was taken, its ledger in `value`; then a row per step; the last one: the run has ended. */
interface Row {
  run: string;
  seq: number;
  value: string | null;
}

const END = STEPS_PER_RUN + 1;

const pool = createPool({
  url: process.env['DATABASE_URL'] ?? '',
  applicationName: 'bench-floor',
  max: 5,
  logger: createLogger({ service: 'benchmarks', level: 'warn' }),
});
await pool.query(
  'create table if not exists journal (run text, seq int, value text, primary key (run, seq))',
);
const write = groupCommit<Row>((rows) =>
  pool.query({
    name: 'write',
    text: 'insert into journal select * from unnest($1::text[], $2::int[], $3::text[])',
    values: [rows.map(({ run }) => run), rows.map(({ seq }) => seq), rows.map(({ value }) => value)],
  }),
);

/** From the first step that is not in the journal. */
async function work(request: RunRequest, finished: readonly Row[] = []): Promise<string> {
  let firstBegan = finished[0]?.value ?? undefined;
  for (let number = finished.length + 1; number <= STEPS_PER_RUN; number += 1) {
    const value = await step(request, number);
    firstBegan ??= value;
    await write({ run: request.id, seq: number, value });
  }
  await write({ run: request.id, seq: END, value: null });
  return firstBegan ?? '';
}

const take = ({ id, ledgerUrl }: RunRequest) => write({ run: id, seq: 0, value: ledgerUrl ?? null });

async function recover(): Promise<void> {
  const { rows } = await pool.query<Row>(
    `select run, seq, value from journal j
     where not exists (select from journal e where e.run = j.run and e.seq = $1) order by run, seq`,
    [END],
  );
  for (const runRows of Map.groupBy(rows, ({ run }) => run).values()) {
    const [taken, ...finished] = runRows;
    if (taken !== undefined) void work({ id: taken.run, ledgerUrl: taken.value ?? undefined }, finished);
  }
}

await recover();
serveRuns({
  run: async (request) => {
    await take(request);
    return work(request);
  },
  start: async (request) => {
    await take(request);
    void work(request);
  },
  done: async (prefix) => {
    const { rows } = await pool.query<{ runs: number }>(
      "select count(*)::int as runs from journal where seq = $1 and run like $2 || '%'",
      [END, prefix],
    );
    return rows[0]?.runs ?? 0;
  },
});

import type { Pool } from '@aos/database';

/** A run that has not ended. */
export interface OpenRun {
  run_id: string;
  status: string;
  waiting_reason: string | null;
}

export async function openRuns(pool: Pool): Promise<OpenRun[]> {
  const { rows } = await pool.query<OpenRun>(
    'select run_id, status, waiting_reason from orchestrator.runs where finished_at is null',
  );
  return rows;
}

/** Runs by the status they ended with. */
export async function runsByStatus(pool: Pool): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ status: string; runs: number }>(
    'select status, count(*)::int as runs from orchestrator.runs group by 1 order by 1',
  );
  return Object.fromEntries(rows.map(({ status, runs }) => [status, runs]));
}

/** Sums over all agents; spent must be what the runs cost, the rest nothing. */
export interface Books {
  reserved: number;
  openRuns: number;
  spent: number;
  cost: number;
}

export async function booksOf(pool: Pool): Promise<Books> {
  const { rows } = await pool.query<Books>(`
    select sum(reserved_microcents)::float8 as reserved, sum(open_runs)::int as "openRuns",
      sum(spent_microcents)::float8 as spent,
      (select sum(cost_microcents)::float8 from orchestrator.runs) as cost
    from orchestrator.agent_budgets`);
  const [books] = rows;
  if (books === undefined) throw new Error('there are no budgets');
  return books;
}

/** How many events each run's journal holds. */
export async function journalLengths(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ run_id: string; events: number }>(
    'select run_id, count(*)::int as events from orchestrator.run_events group by 1',
  );
  return new Map(rows.map(({ run_id, events }) => [run_id, events]));
}

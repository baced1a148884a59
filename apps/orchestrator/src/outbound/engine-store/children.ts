import { errorOf } from '@aos/contracts';
import type { Pool, PoolClient } from '@aos/database';
import type { FinishedRun, Submission } from '../../application/engine/ports.ts';
import { run, transaction, type Statement } from './connection.ts';

/** Before budgets, as a flush locks them: a parent does not end while a child of it is admitted. */
const LOCK_PARENTS: Statement = {
  name: 'children_lock_parents',
  text: `
    select run_id from orchestrator.runs
    where run_id = any ($1::uuid[]) and finished_at is null and not closed_to_children order by run_id for share`,
};

const CLOSE: Statement = {
  name: 'children_close',
  text: `
    update orchestrator.runs set closed_to_children = true
    where run_id = $1::uuid and worker_id = $2::uuid and not closed_to_children`,
};

const OPEN_CHILDREN: Statement = {
  name: 'children_open',
  text: `
    select c.run_id from orchestrator.runs c join orchestrator.runs p on p.run_id = c.parent_run_id
    where c.parent_run_id = $1::uuid and p.worker_id = $2::uuid and c.finished_at is null order by c.run_id`,
};

/** A parent that has ended waits for nothing. */
const WAKE_PARENTS: Statement = {
  name: 'children_wake_parents',
  text: `
    insert into orchestrator.run_signals (signal_id, tenant_id, run_id, type, payload)
    select s.signal_id, p.tenant_id, p.run_id, 'wake', json_build_object('stepId', s.step_id)
    from unnest($1::uuid[], $2::uuid[], $3::text[]) as s(signal_id, run_id, step_id)
    join orchestrator.runs p using (run_id) where p.finished_at is null
    on conflict do nothing`,
};

/** The batch as it is to be judged: a child whose parent comes to its end is refused. */
export async function withParents(client: PoolClient, batch: Submission[]): Promise<Submission[]> {
  const parents = batch.flatMap(({ parent }) => parent?.runId ?? []);
  if (parents.length === 0) return batch;
  const rows = await run<{ run_id: string }>(client, LOCK_PARENTS, [parents]);
  const open = new Set(rows.map(({ run_id }) => run_id));
  return batch.map((submission) =>
    submission.parent === undefined || open.has(submission.parent.runId)
      ? submission
      : { ...submission, refusal: errorOf('run_cancelled', 'the run above it comes to its end') },
  );
}

/** Two statements: the second sees what was admitted before the first had its lock. */
export async function closeToChildren(pool: Pool, workerId: string, runId: string): Promise<string[]> {
  return transaction(pool, async (client) => {
    await run(client, CLOSE, [runId, workerId]);
    const rows = await run<{ run_id: string }>(client, OPEN_CHILDREN, [runId, workerId]);
    return rows.map(({ run_id }) => run_id);
  });
}

/** In the transaction of the end that is told of. */
export async function wakeParents(client: PoolClient, finished: readonly FinishedRun[]): Promise<void> {
  const parents = finished.flatMap(({ awaitedBy }) => awaitedBy ?? []);
  if (parents.length === 0) return;
  await run(client, WAKE_PARENTS, [
    parents.map(({ signalId }) => signalId),
    parents.map(({ runId }) => runId),
    parents.map(({ stepId }) => stepId),
  ]);
}

import type { SqlTenantDatabase, PoolClient } from '@aos/database';
import type { Evaluation } from '@aos/contracts';
import type { EvaluationStore } from '../application/evaluation-store.ts';
import { evaluationView } from '../domain/evaluation.ts';
import { RECORD, toRecord, toTaskResult, type RecordRow, type TaskRow } from './evaluation-rows.ts';

/** Evaluations and their tasks as requests see them: within the tenant. */
export function evaluationsRepository(database: SqlTenantDatabase): EvaluationStore {
  return {
    insert: (tenantId, { evaluationId, suite, tasks, traceparent }) =>
      database.transaction(tenantId, async (client) => {
        await client.query(
          `insert into eval.evaluations (evaluation_id, tenant_id, suite, suite_version, status, traceparent)
           values ($1, $2, $3, $4, 'running', $5)`,
          [evaluationId, tenantId, suite.name, suite.version, traceparent],
        );
        await client.query(
          `insert into eval.evaluation_tasks (evaluation_id, tenant_id, position, task, golden)
           select $1, $2, n, task, golden::json
           from unnest($3::text[], $4::text[]) with ordinality as t (task, golden, n)`,
          [evaluationId, tenantId, tasks.map(({ name }) => name), tasks.map((task) => JSON.stringify(task))],
        );
        const inserted = await findWhole(client, evaluationId);
        if (inserted === undefined) throw new Error('the evaluation is not there after its insert');
        return inserted;
      }),

    find: (tenantId, evaluationId) =>
      database.transaction(tenantId, (client) => findWhole(client, evaluationId)),

    list: (tenantId, { suite, before, limit }) =>
      database.transaction(tenantId, async (client) => {
        const { rows } = await client.query<RecordRow>(
          `${RECORD} where ($1::text is null or e.suite = $1) and ($2::uuid is null or e.evaluation_id < $2)
           order by e.evaluation_id desc limit $3`,
          [suite ?? null, before ?? null, limit],
        );
        return rows.map(toRecord);
      }),
  };
}

async function findWhole(client: PoolClient, evaluationId: string): Promise<Evaluation | undefined> {
  const evaluations = await client.query<RecordRow>(`${RECORD} where e.evaluation_id = $1`, [evaluationId]);
  const [row] = evaluations.rows;
  if (row === undefined) return undefined;
  const tasks = await client.query<TaskRow>(
    `select task, status, run_id, assertions, error, cost_microcents, latency_ms
     from eval.evaluation_tasks where evaluation_id = $1 order by position`,
    [evaluationId],
  );
  return evaluationView(toRecord(row), tasks.rows.map(toTaskResult));
}

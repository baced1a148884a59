import type { TaskResult } from '@aos/contracts';
import type { EvaluationRecord } from '../domain/evaluation.ts';

/** Evaluations with their tasks counted; a condition on `e` follows. */
export const RECORD = `
  select e.evaluation_id, e.tenant_id, e.suite, e.suite_version, e.status, e.created_at, e.finished_at, e.traceparent,
    t.task_count, t.passed, t.failed, t.cost_microcents
  from eval.evaluations e cross join lateral (
    select count(*)::int as task_count, count(*) filter (where status = 'passed')::int as passed,
      count(*) filter (where status in ('failed', 'error'))::int as failed,
      coalesce(sum(cost_microcents), 0)::bigint as cost_microcents
    from eval.evaluation_tasks where evaluation_id = e.evaluation_id
  ) t`;

/** What RECORD gives; Postgres gives bigint as text. */
export interface RecordRow {
  evaluation_id: string;
  tenant_id: string;
  suite: string;
  suite_version: number;
  status: EvaluationRecord['status'];
  created_at: Date;
  finished_at: Date | null;
  traceparent: string;
  task_count: number;
  passed: number;
  failed: number;
  cost_microcents: string;
}

export interface TaskRow {
  task: string;
  status: TaskResult['status'];
  run_id: string | null;
  assertions: TaskResult['assertions'];
  error: string | null;
  cost_microcents: string;
  latency_ms: number;
}

export function toRecord(row: RecordRow): EvaluationRecord {
  return {
    evaluationId: row.evaluation_id,
    tenantId: row.tenant_id,
    suite: row.suite,
    suiteVersion: row.suite_version,
    status: row.status,
    taskCount: row.task_count,
    tasksPassed: row.passed,
    tasksFailed: row.failed,
    costMicrocents: Number(row.cost_microcents),
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}

export function toTaskResult(row: TaskRow): TaskResult {
  return { ...row, cost_microcents: Number(row.cost_microcents) };
}

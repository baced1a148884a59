import type { GoldenTask } from '@aos/contracts';
import {
  addToOutbox,
  type OutboxMessage,
  type Pool,
  type PoolClient,
  type SqlTenantDatabase,
} from '@aos/database';
import type {
  EvaluationWork,
  HeldEvaluation,
  OpenTask,
  RunningTask,
} from '../application/evaluation-work.ts';
import type { EvaluationRecord } from '../domain/evaluation.ts';
import type { TaskEnding } from '../domain/task-ending.ts';
import { RECORD, toRecord, type RecordRow } from './evaluation-rows.ts';

interface OpenTaskRow {
  evaluation_id: string;
  tenant_id: string;
  traceparent: string;
  position: number;
  golden: GoldenTask;
  agent_id: string | null;
  run_id: string | null;
  refusals: number;
  is_due: boolean;
  is_overdue: boolean;
  is_given_up: boolean;
}

interface WorkParts {
  /** Of the login aos_engine. */
  pool: Pool;
  /** Transactions on that pool. */
  database: SqlTenantDatabase;
  /** The event of an evaluation that has finished. */
  eventOf: (evaluation: EvaluationRecord, traceparent: string) => OutboxMessage;
}

/** How many evaluations a process takes on at a time; the oldest first. */
const HELD_MAX = 20;

const OPEN_TASK = `
  select t.evaluation_id, t.tenant_id, e.traceparent, t.position, t.golden, t.agent_id, t.run_id, t.refusals,
    least(t.next_at, t.deadline_at) <= now() as is_due, coalesce(t.deadline_at <= now(), false) as is_overdue,
    coalesce(t.refused_since < now() - interval '30 minutes', false) as is_given_up
  from eval.evaluation_tasks t join eval.evaluations e using (evaluation_id)
  where t.status in ('pending', 'running')`;

const IN_MS = "interval '1 millisecond'";

/** Evaluations and their tasks as the processes drive them, for all tenants. */
export function evaluationWorkRepository({ pool, database, eventOf }: WorkParts): EvaluationWork {
  return {
    hold: (workerId, leaseMs) => hold(pool, workerId, leaseMs),

    release: async (workerId) => {
      await pool.query(
        'update eval.evaluations set worker_id = null, lease_until = null where worker_id = $1',
        [workerId],
      );
    },

    openTasks: async ({ evaluationId }) => {
      const { rows } = await pool.query<OpenTaskRow>(
        `${OPEN_TASK} and t.evaluation_id = $1 order by t.position`,
        [evaluationId],
      );
      return rows.map(toOpenTask);
    },

    taskOfRun: async (tenantId, runId) => {
      const { rows } = await pool.query<OpenTaskRow>(`${OPEN_TASK} and t.tenant_id = $1 and t.run_id = $2`, [
        tenantId,
        runId,
      ]);
      return rows.map((row): RunningTask => ({ ...toOpenTask(row), runId }))[0];
    },

    ...taskChanges(pool),

    end: (task, ending) =>
      database.transaction(task.tenantId, async (client) => {
        // Tasks of an evaluation end one after the other, so that exactly one is the last.
        const { rowCount } = await client.query(
          `select from eval.evaluations where evaluation_id = $1 and status = 'running' for update`,
          [task.evaluationId],
        );
        if (rowCount === 0) return undefined;
        await endTask(client, task, ending);
        const finished = await finish(client, task);
        if (finished !== undefined) {
          await addToOutbox(client, 'eval', [eventOf(finished, task.traceparent)]);
        }
        return finished;
      }),
  };
}

/** Changes of tasks that have not ended; of any other nothing is changed. */
function taskChanges(pool: Pool): Pick<EvaluationWork, 'assign' | 'submitted' | 'refused' | 'lookAgain'> {
  const change = async (task: OpenTask, assignments: string, values: unknown[]): Promise<void> => {
    await pool.query(
      `update eval.evaluation_tasks set ${assignments}
       where evaluation_id = $1 and position = $2 and status in ('pending', 'running')`,
      [task.evaluationId, task.position, ...values],
    );
  };
  return {
    assign: async (task, agentId, instead) => {
      const assignment = 'agent_id = case when agent_id is not distinct from $4 then $3 else agent_id end';
      await change(task, assignment, [agentId, instead]);
      const { rows } = await pool.query<{ agent_id: string }>(
        'select agent_id from eval.evaluation_tasks where evaluation_id = $1 and position = $2',
        [task.evaluationId, task.position],
      );
      return rows[0]?.agent_id ?? agentId;
    },

    submitted: (task, runId, lookAgainMs) =>
      change(
        task,
        `status = 'running', run_id = $3, next_at = now() + $4 * ${IN_MS},
         deadline_at = coalesce(deadline_at, now() + $5 * ${IN_MS})`,
        [runId, lookAgainMs, task.golden.timeout_seconds * 1000],
      ),

    refused: (task, againMs) =>
      change(
        task,
        `refusals = refusals + 1, refused_since = coalesce(refused_since, now()),
         next_at = now() + $3 * ${IN_MS}`,
        [againMs],
      ),

    lookAgain: (task, againMs) => change(task, `next_at = now() + $3 * ${IN_MS}`, [againMs]),
  };
}

async function hold(pool: Pool, workerId: string, leaseMs: number): Promise<HeldEvaluation[]> {
  const { rows } = await pool.query<{ evaluation_id: string; tenant_id: string; traceparent: string }>(
    `update eval.evaluations set worker_id = $1, lease_until = now() + $2 * ${IN_MS}
     where evaluation_id in (
       select evaluation_id from eval.evaluations
       where status = 'running' and (worker_id is null or worker_id = $1 or lease_until < now())
       order by evaluation_id limit ${HELD_MAX} for update skip locked)
     returning evaluation_id, tenant_id, traceparent`,
    [workerId, leaseMs],
  );
  return rows.map((row) => ({
    evaluationId: row.evaluation_id,
    tenantId: row.tenant_id,
    traceparent: row.traceparent,
  }));
}

/** The first ending counts. */
async function endTask(client: PoolClient, task: OpenTask, ending: TaskEnding): Promise<void> {
  await client.query(
    `update eval.evaluation_tasks
     set status = $3, assertions = $4, error = $5, cost_microcents = $6, latency_ms = $7
     where evaluation_id = $1 and position = $2 and status in ('pending', 'running')`,
    [
      task.evaluationId,
      task.position,
      ending.status,
      JSON.stringify(ending.assertions),
      ending.error,
      ending.costMicrocents,
      ending.latencyMs,
    ],
  );
}

/** The evaluation, if no task is open any more; it has finished then. */
async function finish(client: PoolClient, { evaluationId }: OpenTask): Promise<EvaluationRecord | undefined> {
  const { rowCount } = await client.query(
    `update eval.evaluations e set finished_at = clock_timestamp(), worker_id = null, lease_until = null,
       status = case when exists (
         select from eval.evaluation_tasks t where t.evaluation_id = e.evaluation_id and t.status <> 'passed'
       ) then 'failed' else 'passed' end
     where e.evaluation_id = $1 and not exists (
       select from eval.evaluation_tasks t
       where t.evaluation_id = e.evaluation_id and t.status in ('pending', 'running'))`,
    [evaluationId],
  );
  if (rowCount === 0) return undefined;
  const { rows } = await client.query<RecordRow>(`${RECORD} where e.evaluation_id = $1`, [evaluationId]);
  return rows.map(toRecord)[0];
}

function toOpenTask(row: OpenTaskRow): OpenTask {
  return {
    evaluationId: row.evaluation_id,
    tenantId: row.tenant_id,
    traceparent: row.traceparent,
    position: row.position,
    golden: row.golden,
    agentId: row.agent_id,
    runId: row.run_id,
    refusals: row.refusals,
    isDue: row.is_due,
    isOverdue: row.is_overdue,
    isGivenUp: row.is_given_up,
  };
}

import type { Pool, PoolClient } from '@aos/database';
import type { Restart, RestartResult } from '../../application/engine/ports.ts';
import { admit, admissionAgain } from '../../domain/run/admit.ts';
import { runDay } from '../../domain/run/run-day.ts';
import { ENGINE_VERSION } from '../../domain/run/state.ts';
import { run, transaction, translate, type Statement } from './connection.ts';
import { lockAgents } from './submit.ts';
import { FENCE } from './submit.statements.ts';

interface Flush {
  workerId: string;
  flushNo: number;
  maxStepsDefault: number;
}

/** $1 run, $2 tenant, $3 its day, $4 the event's run_seq, $5 reservation, $6 engine version, $7–$9 the event, $10 and $11 this flush. */
const RESTART: Statement = {
  name: 'restart',
  text: `
    with again as (
      update orchestrator.runs r
      set status = 'queued', reserved_microcents = $5::bigint, finished_at = null, deadline = null, closed_to_children = false,
        enqueue_no = enqueue_no + 1, engine_version = greatest(engine_version, $6::int)
      where r.run_id = $1::uuid and r.tenant_id = $2 and r.status in ('succeeded', 'failed', 'cancelled')
        and $4::int = 1 + (
          select e.run_seq from orchestrator.run_events e where e.run_day = $3::date and e.run_id = $1::uuid
          order by e.run_seq desc limit 1)
      returning r.run_id, r.tenant_id, r.agent_id, r.priority, r.engine_version, r.enqueue_no),
    told as (
      insert into orchestrator.run_events (run_day, run_id, run_seq, tenant_id, agent_id, type, time, payload)
      select $3::date, run_id, $4::int, tenant_id, agent_id, $7, $8::timestamptz, $9::text::json from again),
    queued as (
      insert into orchestrator.run_queue (run_id, tenant_id, priority, engine_version)
      select run_id, tenant_id, priority, engine_version from again on conflict do nothing),
    reserved as (
      update orchestrator.agent_budgets b
      set reserved_microcents = b.reserved_microcents + $5::bigint, open_runs = b.open_runs + 1
      from again where (b.tenant_id, b.agent_id) = (again.tenant_id, again.agent_id)),
    kept as (
      insert into orchestrator.unpublished (worker_id, flush_no, events, tickets)
      select $10::uuid, $11::bigint, json_build_array(json_build_array(run_id, $4::int, $4::int)),
        json_build_array(json_build_array(run_id, enqueue_no)) from again)
    select enqueue_no from again`,
};

/** Admission of an ended run in one transaction: lock its agent, judge in code, begin again. */
export async function restartRun(
  pool: Pool,
  flush: Flush,
  restart: Restart,
): Promise<RestartResult | 'fenced'> {
  try {
    return await transaction(pool, (client) => judgeAndRestart(client, flush, restart));
  } catch (error) {
    return translate(error);
  }
}

async function judgeAndRestart(
  client: PoolClient,
  { workerId, flushNo, maxStepsDefault }: Flush,
  restart: Restart,
): Promise<RestartResult | 'fenced'> {
  const [[place], agents] = await Promise.all([
    run(client, FENCE, [workerId]),
    lockAgents(client, [restart]),
  ]);
  if (place === undefined) return 'fenced';
  const [verdict] = admit([admissionAgain(restart)], { agents, runs: new Map(), maxStepsDefault });
  if (verdict?.kind === 'refuse') return verdict;
  const { runId, tenantId, reserveMicrocents, row } = restart;
  const { seq, type, time, data } = row.event;
  const values = [runId, tenantId, runDay(runId), seq, reserveMicrocents, ENGINE_VERSION, type, time];
  const [again] = await run<{ enqueue_no: number }>(client, RESTART, [
    ...values,
    JSON.stringify(data),
    workerId,
    flushNo,
  ]);
  if (again === undefined) return { kind: 'changed' };
  return { kind: 'restarted', ticket: { runId, enqueueNo: again.enqueue_no } };
}

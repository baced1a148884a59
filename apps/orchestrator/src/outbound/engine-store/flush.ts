import type { Pool } from '@aos/database';
import type { Flush, JournalRow } from '../../application/engine/ports.ts';
import { runDay } from '../../domain/run/run-day.ts';
import { giveUpMessages, lockMailboxes } from '../mailbox.repository.ts';
import { RECEIVED } from '../mailbox.statements.ts';
import { wakeParents } from './children.ts';
import { run, transaction, translate, type Queryable, type Statement } from './connection.ts';

/**
 * Journal rows, settlements and releases of a batch in one statement, fenced by the process's own row: no row, no write.
 * Budgets are aggregated and locked in id order, else two processes deadlock. $1 worker; $2–$9 events; $10–$13 finished
 * runs, whose cost before a restart is spent already; $14–$16 released runs; $17 handled signals; $18 flush number, $19 its rows for the relay, $20 last flush published; $21 whether a released run is being rolled back.
 */
const FLUSH: Statement = {
  name: 'flush',
  text: `
    with me as materialized (
      select worker_id from orchestrator.workers where worker_id = $1::uuid for key share),
    ev as (
      insert into orchestrator.run_events (run_day, run_id, run_seq, tenant_id, agent_id, type, time, payload)
      select e.run_day, e.run_id, e.run_seq, e.tenant_id, e.agent_id, e.type, e.time, e.payload::json
      from unnest($2::date[], $3::uuid[], $4::int[], $5::text[], $6::uuid[], $7::text[], $8::timestamptz[], $9::text[])
        as e(run_day, run_id, run_seq, tenant_id, agent_id, type, time, payload), me),
    fin as (
      update orchestrator.runs r
      set status = f.status, worker_id = null, reserved_microcents = 0, cost_microcents = f.cost, finished_at = f.finished_at
      from unnest($10::uuid[], $11::text[], $12::bigint[], $13::timestamptz[]) as f(run_id, status, cost, finished_at), me,
        (select run_id, reserved_microcents, cost_microcents from orchestrator.runs where run_id = any ($10::uuid[])) o
      where r.run_id = f.run_id and o.run_id = r.run_id and r.worker_id = me.worker_id
      returning r.run_id, r.tenant_id, r.agent_id, o.reserved_microcents as reserved,
        case when r.parent_run_id is null then f.cost - o.cost_microcents else 0 end as cost),
    rel as (
      update orchestrator.runs r
      set status = 'waiting', worker_id = null, waiting_reason = w.reason, ready_at = w.ready_at,
        deadline = case when w.is_going_back then null else r.deadline end
      from unnest($14::uuid[], $15::text[], $16::timestamptz[], $21::boolean[])
        as w(run_id, reason, ready_at, is_going_back), me
      where r.run_id = w.run_id and r.worker_id = me.worker_id
      returning r.run_id, r.tenant_id, r.agent_id),
    d as (
      select tenant_id, agent_id, sum(reserved)::bigint as reserved, sum(cost)::bigint as cost, count(*)::int as runs
      from (select tenant_id, agent_id, reserved, cost from fin
            union all select tenant_id, agent_id, 0, 0 from rel) x
      group by 1, 2),
    b as materialized (
      select tenant_id, agent_id from orchestrator.agent_budgets
      where (tenant_id, agent_id) in (select tenant_id, agent_id from d) order by 1, 2 for no key update),
    settled as (
      update orchestrator.agent_budgets a
      set spent_microcents = a.spent_microcents + d.cost, reserved_microcents = a.reserved_microcents - d.reserved,
        open_runs = a.open_runs - d.runs
      from d join b using (tenant_id, agent_id)
      where (a.tenant_id, a.agent_id) = (d.tenant_id, d.agent_id)),
    handled as (
      delete from orchestrator.run_signals s using me
      where s.signal_id = any ($17::uuid[]) or s.run_id in (select run_id from fin)),
    kept as (
      insert into orchestrator.unpublished (worker_id, flush_no, events, tickets)
      select worker_id, $18::bigint, $19::json, '[]' from me where json_array_length($19::json) > 0),
    published as (
      delete from orchestrator.unpublished u using me where u.worker_id = me.worker_id and u.flush_no <= $20::bigint)
    select count(*)::int as alive from me`,
};

/** Rejects with StoreDataError where the content is at fault. */
export async function flushBatch(pool: Pool, flush: Flush): Promise<'committed' | 'fenced'> {
  const { rows, finished, released } = flush;
  const values = [
    flush.workerId,
    rows.map((row) => runDay(row.runId)),
    rows.map((row) => row.runId),
    rows.map((row) => row.event.seq),
    rows.map((row) => row.tenantId),
    rows.map((row) => row.agentId),
    rows.map((row) => row.event.type),
    rows.map((row) => row.event.time),
    rows.map((row) => JSON.stringify(row.event.data)),
    finished.map((run) => run.runId),
    finished.map((run) => run.status),
    finished.map((run) => run.costMicrocents),
    finished.map((run) => run.finishedAt),
    released.map((run) => run.runId),
    released.map((run) => run.reason),
    released.map((run) => run.readyAt),
    flush.handledSignals,
    flush.flushNo,
    JSON.stringify(spans(rows)),
    flush.publishedUpTo,
    released.map((run) => run.isGoingBack ?? false),
  ];
  try {
    const isAlive = await withOthers(pool, flush, async (on) => {
      const [answer] = await run<{ alive: number }>(on, FLUSH, values);
      return answer?.alive === 1;
    });
    return isAlive ? 'committed' : 'fenced';
  } catch (error) {
    return translate(error);
  }
}

/** What a flush says to others is written in its transaction; most say nothing and are one statement. */
async function withOthers(
  pool: Pool,
  { finished, released, received = [] }: Flush,
  write: (on: Queryable) => Promise<boolean>,
): Promise<boolean> {
  const goingBack = released.filter(({ isGoingBack }) => isGoingBack === true);
  const leaving = [...finished, ...goingBack].filter(({ hasMailbox }) => hasMailbox === true);
  const hasParents = finished.some(({ awaitedBy = null }) => awaitedBy !== null);
  if (leaving.length === 0 && received.length === 0 && !hasParents) return write(pool);
  return transaction(pool, async (client) => {
    if (leaving.length > 0) await lockMailboxes(client, leaving);
    if (!(await write(client))) return false;
    if (hasParents) await wakeParents(client, finished);
    if (received.length > 0) await run(client, RECEIVED, [received]);
    if (leaving.length > 0)
      await giveUpMessages(
        client,
        leaving.map(({ runId }) => runId),
      );
    return true;
  });
}

/** The events of a flush as [run_id, first seq, last seq] per run: a run's events are dense. */
function spans(rows: readonly JournalRow[]): [string, number, number][] {
  const byRun = new Map<string, [string, number, number]>();
  for (const { runId, event } of rows) {
    const span = byRun.get(runId);
    if (span === undefined) byRun.set(runId, [runId, event.seq, event.seq]);
    else span[2] = event.seq;
  }
  return [...byRun.values()];
}

import type { Pool } from '@aos/database';
import type { JournalRow, Ticket, UnpublishedFlush } from '../../application/engine/ports.ts';
import { runDay } from '../../domain/run/run-day.ts';
import { WAITS_FOR_WAKE } from '../../domain/run/waiting.ts';
import type { RunEvent } from '../../domain/run/state.ts';
import { run, transaction, type Statement } from './connection.ts';

/** The lock is had for a moment, shared, so that who looks disturbs nobody else who looks. */
const UNLOCKED: Statement = {
  name: 'unlocked_workers',
  text: `
    select worker_id from orchestrator.workers
    where case when worker_id <> $1::uuid then pg_try_advisory_xact_lock_shared(lock_key) end`,
};

/**
 * Waits for an open flush of the process. A server that has just come back is no proof of anybody's death. A process whose
 * lock is free gets it back only when it is buried or not.
 */
const BURY: Statement = {
  name: 'bury',
  text: `
    delete from orchestrator.workers
    where pg_postmaster_start_time() < now() - make_interval(secs => $1::float8 / 1000)
      and (lease_until < now()
        or case when worker_id = any ($2::uuid[]) then pg_try_advisory_xact_lock_shared(lock_key) end)
    returning worker_id`,
};

/** A statement of its own, so that it sees what the last flush of the buried processes wrote. */
const HAND_ON: Statement = {
  name: 'hand_on',
  text: `
    with handed as (
      update orchestrator.runs set worker_id = null, epoch = epoch + 1, enqueue_no = enqueue_no + 1
      where worker_id = any ($1::uuid[])
      returning run_id, tenant_id, priority, engine_version)
    insert into orchestrator.run_queue (run_id, tenant_id, priority, engine_version)
    select run_id, tenant_id, priority, engine_version from handed
    on conflict do nothing returning run_id`,
};

const HAND_BACK: Statement = {
  name: 'hand_back',
  text: `
    with handed as (
      update orchestrator.runs set worker_id = null, enqueue_no = enqueue_no + 1, idle_claims = greatest(idle_claims - $4::int, 0)
      where worker_id = $1::uuid and run_id = $2::uuid and enqueue_no = $3::int
      returning run_id, tenant_id, priority, engine_version)
    insert into orchestrator.run_queue (run_id, tenant_id, priority, engine_version)
    select run_id, tenant_id, priority, engine_version from handed
    on conflict do nothing returning run_id`,
};

/**
 * Also wakes a run that began to wait while a signal was on its way to its owner. A wake-up is for runs that wait for what
 * others do ($2); one that is to end and waits for its children hears nothing else.
 */
const WAKE_DUE: Statement = {
  name: 'wake_due',
  text: `
    with wanted as (
      (select run_id from orchestrator.runs where status = 'waiting' and ready_at <= now()
       order by ready_at limit $1::int)
      union
      (select run_id from orchestrator.runs where deadline <= now() and finished_at is null
       order by deadline limit $1::int)
      union
      select run_id from orchestrator.run_signals),
    due as (
      select r.run_id from orchestrator.runs r join wanted using (run_id)
      where r.status = 'waiting' and (
        r.ready_at <= now() or (r.deadline <= now() and r.waiting_reason is distinct from 'children')
        or exists (select 1 from orchestrator.run_signals s where s.run_id = r.run_id
          and case s.type when 'wake' then r.waiting_reason = any ($2::text[]) else r.waiting_reason is distinct from 'children' end))
      order by r.ready_at limit $1::int for no key update of r skip locked),
    woken as (
      update orchestrator.runs r
      set status = 'queued', ready_at = null, enqueue_no = enqueue_no + 1
      from due where r.run_id = due.run_id
      returning r.run_id, r.tenant_id, r.agent_id, r.priority, r.engine_version, r.enqueue_no),
    queued as (
      insert into orchestrator.run_queue (run_id, tenant_id, priority, engine_version)
      select run_id, tenant_id, priority, engine_version from woken on conflict do nothing),
    d as (select tenant_id, agent_id, count(*)::int as runs from woken group by 1, 2),
    b as materialized (
      select tenant_id, agent_id from orchestrator.agent_budgets
      where (tenant_id, agent_id) in (select tenant_id, agent_id from d) order by 1, 2 for no key update),
    opened as (
      update orchestrator.agent_budgets a set open_runs = a.open_runs + d.runs from d join b using (tenant_id, agent_id)
      where (a.tenant_id, a.agent_id) = (d.tenant_id, d.agent_id))
    select run_id, enqueue_no from woken`,
};

const LEFT_FLUSHES: Statement = {
  name: 'left_flushes',
  text: `
    select u.worker_id, u.flush_no, u.events, u.tickets from orchestrator.unpublished u
    where not exists (select 1 from orchestrator.workers w where w.worker_id = u.worker_id)
      or (u.worker_id = $1::uuid and u.flush_no = any ($2::bigint[]))
    order by u.worker_id, u.flush_no limit $3::int`,
};

const EVENTS_OF: Statement = {
  name: 'events_of',
  text: `
    select e.run_id, e.run_seq, e.tenant_id, e.agent_id, e.type, e.time, e.payload, r.traceparent
    from unnest($1::date[], $2::uuid[], $3::int[], $4::int[]) as f(run_day, run_id, first_seq, last_seq)
    join orchestrator.run_events e on e.run_day = f.run_day and e.run_id = f.run_id and e.run_seq between f.first_seq and f.last_seq
    join orchestrator.runs r on r.run_id = e.run_id
    order by e.run_id, e.run_seq`,
};

const DELETE_FLUSHES: Statement = {
  name: 'delete_flushes',
  text: `
    delete from orchestrator.unpublished
    where (worker_id, flush_no) in (select * from unnest($1::uuid[], $2::bigint[]))`,
};

interface EventRow {
  run_id: string;
  run_seq: number;
  tenant_id: string;
  agent_id: string;
  type: string;
  time: Date;
  payload: unknown;
  traceparent: string | null;
}

type Span = [runId: string, firstSeq: number, lastSeq: number];

export async function unlockedWorkers(pool: Pool, workerId: string): Promise<string[]> {
  const rows = await run<{ worker_id: string }>(pool, UNLOCKED, [workerId]);
  return rows.map(({ worker_id }) => worker_id);
}

export async function buryDeadWorkers(
  pool: Pool,
  leaseMs: number,
  knownDead: readonly string[],
): Promise<Ticket[]> {
  return transaction(pool, async (client) => {
    const dead = await run<{ worker_id: string }>(client, BURY, [leaseMs, knownDead]);
    if (dead.length === 0) return [];
    return wakeUps(await run<{ run_id: string }>(client, HAND_ON, [dead.map(({ worker_id }) => worker_id)]));
  });
}

/** `isClaimUncounted`: the run was given back in good order, so its claim does not count as one without progress. */
export async function handBack(
  pool: Pool,
  workerId: string,
  { runId, enqueueNo }: { runId: string; enqueueNo: number },
  isClaimUncounted: boolean,
): Promise<Ticket[]> {
  return wakeUps(
    await run<{ run_id: string }>(pool, HAND_BACK, [workerId, runId, enqueueNo, isClaimUncounted ? 1 : 0]),
  );
}

export async function wakeDue(pool: Pool, limit: number): Promise<Ticket[]> {
  const rows = await run<{ run_id: string; enqueue_no: number }>(pool, WAKE_DUE, [limit, WAITS_FOR_WAKE]);
  return rows.map(({ run_id, enqueue_no }) => ({ runId: run_id, enqueueNo: enqueue_no }));
}

/** Tickets without a number carry no message id: the dedupe window would swallow them. */
function wakeUps(rows: { run_id: string }[]): Ticket[] {
  return rows.map(({ run_id }) => ({ runId: run_id, enqueueNo: null }));
}

export async function journalOf(pool: Pool, runIds: readonly string[]): Promise<Map<string, RunEvent[]>> {
  const rows = await eventsOf(
    pool,
    runIds.map((runId): Span => [runId, 1, 2_147_483_647]),
  );
  return new Map([...rows].map(([runId, events]) => [runId, events.map(({ event }) => event)]));
}

export async function leftFlushes(
  pool: Pool,
  workerId: string,
  lost: readonly number[],
  limit: number,
): Promise<UnpublishedFlush[]> {
  const flushes = await run<{
    worker_id: string;
    flush_no: string;
    events: Span[];
    tickets: [string, number | null][];
  }>(pool, LEFT_FLUSHES, [workerId, lost, limit]);
  const found: UnpublishedFlush[] = [];
  for (const flush of flushes) {
    const rows = await eventsOf(pool, flush.events);
    found.push({
      workerId: flush.worker_id,
      flushNo: Number(flush.flush_no),
      rows: [...rows.values()].flat(),
      tickets: flush.tickets.map(([runId, enqueueNo]) => ({ runId, enqueueNo })),
    });
  }
  return found;
}

export async function deleteFlushes(
  pool: Pool,
  flushes: readonly { workerId: string; flushNo: number }[],
): Promise<void> {
  if (flushes.length === 0) return;
  await run(pool, DELETE_FLUSHES, [
    flushes.map(({ workerId }) => workerId),
    flushes.map(({ flushNo }) => flushNo),
  ]);
}

async function eventsOf(pool: Pool, spans: readonly Span[]): Promise<Map<string, JournalRow[]>> {
  const rows = await run<EventRow>(pool, EVENTS_OF, [
    spans.map(([runId]) => runDay(runId)),
    spans.map(([runId]) => runId),
    spans.map(([, first]) => first),
    spans.map(([, , last]) => last),
  ]);
  const byRun = new Map<string, JournalRow[]>();
  for (const row of rows) {
    const events = byRun.get(row.run_id) ?? [];
    events.push(toJournalRow(row));
    byRun.set(row.run_id, events);
  }
  return byRun;
}

function toJournalRow(row: EventRow): JournalRow {
  return {
    runId: row.run_id,
    tenantId: row.tenant_id,
    agentId: row.agent_id,
    traceparent: row.traceparent ?? '',
    // The journal holds only what the engine wrote, so the row is taken at its word.
    event: { seq: row.run_seq, type: row.type, time: row.time.toISOString(), data: row.payload } as RunEvent,
  };
}

import type { Pool } from '@aos/database';

/** UUIDv7 of now: 48 bits of milliseconds, version, random. */
const NEW_ID = `
  (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
   || 'a' || substr(md5(random()::text), 1, 15))::uuid`;

/** What differs in a run that was just admitted from the one that has ended. */
const AS_ADMITTED = `
  jsonb_build_object('run_id', ids.run_id, 'run_day', (now() at time zone 'utc')::date, 'status', 'queued',
    'idempotency_key', null, 'reserved_microcents', model.reserved, 'cost_microcents', 0, 'worker_id', null,
    'epoch', 0, 'enqueue_no', 1, 'idle_claims', 0, 'claimed_seq', 0, 'waiting_reason', null, 'ready_at', null,
    'created_at', now(), 'started_at', null, 'finished_at', null)`;

/** The rows a submit writes, in one statement; run_queue last to first as the engine's own does it. */
const INSERT_BACKLOG = `
  with model as materialized (
    select to_jsonb(r) as run, r.run_id, r.run_day, r.first_events,
      (select (payload ->> 'reserved_microcents')::bigint from orchestrator.run_events e
       where e.run_day = r.run_day and e.run_id = r.run_id and e.run_seq = 1) as reserved
    from orchestrator.runs r where r.run_id = $1::uuid),
  ids as materialized (select ${NEW_ID} as run_id from generate_series(1, $2::int)),
  ins as (
    insert into orchestrator.runs
    select r.* from model, ids, lateral jsonb_populate_record(null::orchestrator.runs, model.run || ${AS_ADMITTED}) r
    returning run_id, run_day, tenant_id, agent_id, priority, engine_version, reserved_microcents),
  told as (
    insert into orchestrator.run_events (run_day, run_id, run_seq, tenant_id, agent_id, type, time, payload)
    select ins.run_day, ins.run_id, e.run_seq, e.tenant_id, e.agent_id, e.type, now(), e.payload
    from ins, model join orchestrator.run_events e
      on e.run_day = model.run_day and e.run_id = model.run_id and e.run_seq <= model.first_events),
  queued as (
    insert into orchestrator.run_queue (run_id, tenant_id, priority, engine_version)
    select run_id, tenant_id, priority, engine_version from ins)
  update orchestrator.agent_budgets b
  set reserved_microcents = b.reserved_microcents + x.reserved, open_runs = b.open_runs + x.runs
  from (select tenant_id, agent_id, sum(reserved_microcents)::bigint as reserved, count(*)::int as runs
        from ins group by 1, 2) x
  where (b.tenant_id, b.agent_id) = (x.tenant_id, x.agent_id)`;

/** Queues so many runs like the given one, which has ended, as if each had been submitted. */
export async function queueLike(pool: Pool, runId: string, runs: number): Promise<void> {
  await pool.query(INSERT_BACKLOG, [runId, runs]);
  // What autovacuum does within its minute.
  for (const table of ['runs', 'run_queue', 'run_events']) {
    await pool.query(`analyze orchestrator.${table}`);
  }
}

export async function queueDepth(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ runs: number }>(
    'select count(*)::int as runs from orchestrator.run_queue',
  );
  return rows[0]?.runs ?? 0;
}

/** Times of a run in ms, once it has ended. */
export interface RunTimes {
  /** From its admission until a slot had it. */
  toStartMs: number;
  inSlotMs: number;
}

const TIMES = `
  (extract(epoch from started_at - created_at) * 1000)::float8 as "toStartMs",
  (extract(epoch from finished_at - started_at) * 1000)::float8 as "inSlotMs"`;

export async function timesOf(pool: Pool, runId: string): Promise<RunTimes | undefined> {
  const { rows } = await pool.query<RunTimes>(
    `select ${TIMES} from orchestrator.runs where run_id = $1 and finished_at is not null`,
    [runId],
  );
  return rows[0];
}

/** Of the runs of a tenant that ended since, the last first. */
export async function timesSince(pool: Pool, tenantId: string, since: Date): Promise<RunTimes[]> {
  const { rows } = await pool.query<RunTimes>(
    `select ${TIMES} from orchestrator.runs where tenant_id = $1 and finished_at > $2 and started_at > $2`,
    [tenantId, since],
  );
  return rows;
}

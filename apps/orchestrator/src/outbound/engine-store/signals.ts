import type { RunOnFailure } from '@aos/contracts';
import type { Pool, PoolClient } from '@aos/database';
import type { Decision, RunSignal, SignalReceipt, Ticket } from '../../application/engine/ports.ts';
import { WAITS_FOR_WAKE } from '../../domain/run/waiting.ts';
import { run, transaction, type Statement } from './connection.ts';

const LOCK_RUN: Statement = {
  name: 'signal_lock_run',
  text: `
    select status, worker_id, waiting_reason, ready_at from orchestrator.runs
    where run_id = $1::uuid and tenant_id = $2 for no key update`,
};

/** A second signal of the same kind says nothing new, but another decision. */
const ADD_SIGNAL: Statement = {
  name: 'signal_add',
  text: `
    insert into orchestrator.run_signals (signal_id, tenant_id, run_id, type, payload)
    select $1::uuid, $2, $3::uuid, $4, $5::text::json
    where not exists (select 1 from orchestrator.run_signals where run_id = $3::uuid and type = $4
      and (type <> 'resume' or payload::text = $5::text))`,
};

/** A decision of a person is never taken back. */
const TAKE_BACK: Statement = {
  name: 'signal_take_back',
  text: `
    delete from orchestrator.run_signals
    where run_id = $1::uuid and type = $2 and payload ->> 'decision' is null`,
};

/** A run without owner is made ready, whatever it waits for; leaving `waiting` counts it as open again. */
const MAKE_READY: Statement = {
  name: 'signal_make_ready',
  text: `
    with ready as (
      update orchestrator.runs set status = 'queued', ready_at = null, enqueue_no = enqueue_no + 1
      where run_id = $1::uuid returning run_id, tenant_id, agent_id, priority, engine_version, enqueue_no),
    queued as (
      insert into orchestrator.run_queue (run_id, tenant_id, priority, engine_version)
      select run_id, tenant_id, priority, engine_version from ready on conflict do nothing),
    opened as (
      update orchestrator.agent_budgets b set open_runs = b.open_runs + 1 from ready
      where $2::boolean and (b.tenant_id, b.agent_id) = (ready.tenant_id, ready.agent_id))
    select enqueue_no from ready`,
};

const SIGNALS: Statement = {
  name: 'signals',
  text: `
    select s.signal_id, s.run_id, s.type, s.payload
    from orchestrator.runs r join orchestrator.run_signals s using (run_id)
    where r.worker_id = $1::uuid order by s.created_at`,
};

interface FoundRun {
  status: string;
  worker_id: string | null;
  waiting_reason: string | null;
  ready_at: Date | null;
}

interface SignalPayload {
  stepId?: string;
  reason?: string | undefined;
  on_failure?: RunOnFailure | undefined;
  decision?: Decision | null;
}

/** Which kind a signal takes back. */
const OPPOSITES: Partial<Record<RunSignal['type'], RunSignal['type']>> = { pause: 'resume', resume: 'pause' };

export async function leaveSignal(
  pool: Pool,
  { tenantId, runId }: { tenantId: string; runId: string },
  signal: RunSignal,
): Promise<SignalReceipt> {
  return transaction(pool, async (client): Promise<SignalReceipt> => {
    const [found] = await run<FoundRun>(client, LOCK_RUN, [runId, tenantId]);
    if (found === undefined) return { kind: 'not_found' };
    if (['succeeded', 'failed', 'cancelled'].includes(found.status)) return { kind: 'ended' };
    const opposite = OPPOSITES[signal.type];
    if (opposite !== undefined) await run(client, TAKE_BACK, [runId, opposite]);
    if (isIdle(signal, found)) return { kind: 'left', ownerId: null, ticket: null };
    const { signalId, type } = signal;
    await run(client, ADD_SIGNAL, [signalId, tenantId, runId, type, JSON.stringify(payloadOf(signal))]);
    const ticket =
      found.worker_id === null ? await makeReady(client, runId, found.status === 'waiting') : null;
    return { kind: 'left', ownerId: found.worker_id, ticket };
  });
}

/** Whether the run is as the signal wants it. */
function isIdle(signal: RunSignal, { worker_id, status, waiting_reason, ready_at }: FoundRun): boolean {
  if (worker_id !== null || signal.type === 'cancel') return false;
  // Somebody may have woken the run just now: it comes to wait for the decision again.
  if (signal.type === 'resume' && signal.decision !== null) return false;
  if (signal.type === 'pause') return status === 'waiting' && waiting_reason === 'paused';
  return status !== 'waiting' || ready_at !== null;
}

function payloadOf(signal: RunSignal): SignalPayload {
  if (signal.type === 'wake') return { stepId: signal.stepId };
  if (signal.type === 'cancel') return { reason: signal.reason, on_failure: signal.onFailure };
  return signal.type === 'resume' ? { decision: signal.decision } : {};
}

/** For signals that are left already: only a run that waits for what they tell of is made ready. */
export async function wakeSignalled(
  pool: Pool,
  { tenantId, runId }: { tenantId: string; runId: string },
): Promise<SignalReceipt> {
  return transaction(pool, async (client): Promise<SignalReceipt> => {
    const [found] = await run<FoundRun>(client, LOCK_RUN, [runId, tenantId]);
    if (found === undefined) return { kind: 'not_found' };
    if (['succeeded', 'failed', 'cancelled'].includes(found.status)) return { kind: 'ended' };
    const isToWake = found.status === 'waiting' && WAITS_FOR_WAKE.includes(found.waiting_reason ?? '');
    const ticket = isToWake ? await makeReady(client, runId, true) : null;
    return { kind: 'left', ownerId: found.worker_id, ticket };
  });
}

async function makeReady(client: PoolClient, runId: string, wasWaiting: boolean): Promise<Ticket> {
  const [ready] = await run<{ enqueue_no: number }>(client, MAKE_READY, [runId, wasWaiting]);
  return { runId, enqueueNo: ready?.enqueue_no ?? null };
}

export async function signalsFor(pool: Pool, workerId: string): Promise<RunSignal[]> {
  return (await run<SignalRow>(pool, SIGNALS, [workerId])).map(toSignal);
}

interface SignalRow {
  signal_id: string;
  run_id: string;
  type: RunSignal['type'];
  payload: SignalPayload;
}

function toSignal({ signal_id: signalId, run_id: runId, type, payload }: SignalRow): RunSignal {
  switch (type) {
    case 'cancel':
      return { signalId, runId, type, reason: payload.reason, onFailure: payload.on_failure };
    case 'pause':
      return { signalId, runId, type };
    case 'wake':
      return { signalId, runId, type, stepId: payload.stepId ?? '' };
    case 'resume':
      return { signalId, runId, type, decision: payload.decision ?? null };
  }
}

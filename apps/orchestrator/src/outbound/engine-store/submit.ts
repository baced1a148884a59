import type { Pool, PoolClient } from '@aos/database';
import type { PlanningMode, ReplanMoment, RunOnFailure, RunStatus } from '@aos/contracts';
import { admit, type AdmittedAs, type AgentFacts, type Verdict } from '../../domain/run/admit.ts';
import { runDay } from '../../domain/run/run-day.ts';
import { ENGINE_VERSION, type RunEvent } from '../../domain/run/state.ts';
import type { Submission, SubmitResult } from '../../application/engine/ports.ts';
import { withParents } from './children.ts';
import { run, transaction, translate } from './connection.ts';
import { ADD_LANES, FENCE, INSERT_RUNS, KNOWN_RUNS, LOCK_AGENTS } from './submit.statements.ts';

interface AgentRow {
  tenant_id: string;
  agent_id: string;
  version: number;
  spec: {
    skills?: string[];
    max_steps?: number;
    on_failure?: RunOnFailure;
    planning_mode?: PlanningMode;
    replan?: ReplanMoment;
  };
  budget_microcents: string;
  reserved_microcents: string;
  spent_microcents: string;
  open_runs: number;
  max_concurrent_runs: number;
  is_suspended: boolean;
}

interface KnownRow {
  run_id: string;
  tenant_id: string;
  agent_id: string;
  idempotency_key: string | null;
  request_hash: Buffer;
  status: RunStatus;
  goal: string;
  created_at: Date;
}

interface Admitted extends AdmittedAs {
  submission: Submission;
  events: RunEvent[];
}

interface Flush {
  workerId: string;
  flushNo: number;
  maxStepsDefault: number;
  /** How many runs may be claimed on the way in. */
  slots: number;
  /** Tenants that have a lane; grows. */
  lanes: Set<string>;
}

/** Admission in one transaction: lock, read, judge in code, insert, reserve what was inserted. */
export async function submitBatch(
  pool: Pool,
  flush: Flush,
  batch: Submission[],
): Promise<SubmitResult[] | 'fenced'> {
  try {
    return await transaction(pool, (client) => judgeAndInsert(client, flush, batch));
  } catch (error) {
    return translate(error);
  }
}

async function judgeAndInsert(
  client: PoolClient,
  flush: Flush,
  submitted: Submission[],
): Promise<SubmitResult[] | 'fenced'> {
  const batch = await withParents(client, submitted);
  // Sent together, done one after the other: known runs are read after the wait for the locks.
  const [fence, agents, knownAtFirst] = await Promise.all([
    run<{ may_claim: boolean }>(client, FENCE, [flush.workerId]),
    lockAgents(client, batch),
    knownRuns(client, batch),
  ]);
  const [place] = fence;
  if (place === undefined) return 'fenced';
  let known = knownAtFirst;
  let verdicts = judge(batch, agents, known, flush.maxStepsDefault);
  const admitted = batch.flatMap((submission, index) => toAdmitted(submission, verdicts[index]));
  if (admitted.length === 0) return results(batch, verdicts, known, []);

  await addLanes(client, flush, admitted);
  const inserted = await insertRuns(client, flush, admitted, place.may_claim ? flush.slots : 0);
  if (inserted.size < admitted.length) {
    // Another process was first with a key; a fresh look finds its run.
    known = await knownRuns(
      client,
      batch.filter(({ runId }) => !inserted.has(runId)),
      known,
    );
    const isRepeat = (submission: Submission) => !inserted.has(submission.runId);
    const again = judge(batch.filter(isRepeat), agents, known, flush.maxStepsDefault);
    verdicts = batch.map(
      (submission, index) => (isRepeat(submission) ? again.shift() : verdicts[index]) ?? lostRace(),
    );
  }
  const stored = admitted.map((run) => ({
    ...run,
    isClaimed: inserted.get(run.submission.runId) ?? false,
  }));
  return results(batch, verdicts, known, stored);
}

/** Reached when a run that blocked an insert cannot be found: it was rolled back in between, so the batch is repeated. */
function lostRace(): never {
  throw new Error('a run that blocked an insert has gone');
}

function judge(
  batch: Submission[],
  agents: Map<string, AgentFacts>,
  known: Map<string, KnownRow>,
  maxStepsDefault: number,
) {
  const requests = batch.map((submission) => ({
    ...submission,
    idempotencyKey:
      submission.idempotencyKey === null ? null : scopedKey(submission.tenantId, submission.idempotencyKey),
  }));
  const runs = new Map(
    [...known].map(([key, row]) => [
      key,
      { runId: row.run_id, requestHash: row.request_hash.toString('hex') },
    ]),
  );
  return admit(requests, { agents, runs, maxStepsDefault });
}

export async function lockAgents(
  client: PoolClient,
  batch: readonly Pick<Submission, 'agentKey' | 'tenantId' | 'agentId'>[],
): Promise<Map<string, AgentFacts>> {
  const wanted = new Map(batch.map(({ agentKey, tenantId, agentId }) => [agentKey, { tenantId, agentId }]));
  const rows = await run<AgentRow>(client, LOCK_AGENTS, [
    [...wanted.values()].map(({ tenantId }) => tenantId),
    [...wanted.values()].map(({ agentId }) => agentId),
  ]);
  return new Map(rows.map((row) => [`${row.tenant_id}/${row.agent_id}`, toFacts(row)]));
}

function toFacts(row: AgentRow): AgentFacts {
  return {
    version: row.version,
    skills: row.spec.skills ?? [],
    maxSteps: row.spec.max_steps ?? null,
    budgetMicrocents: Number(row.budget_microcents),
    spentMicrocents: Number(row.spent_microcents),
    reservedMicrocents: Number(row.reserved_microcents),
    openRuns: row.open_runs,
    maxConcurrentRuns: row.max_concurrent_runs,
    planning: { mode: row.spec.planning_mode, replan: row.spec.replan },
    isTenantSuspended: row.is_suspended,
    onFailure: row.spec.on_failure ?? 'compensate',
  };
}

/** By scoped key and by run id; the second argument's entries are kept. */
async function knownRuns(client: PoolClient, batch: Submission[], before = new Map<string, KnownRow>()) {
  const keyed = batch.filter(({ idempotencyKey }) => idempotencyKey !== null);
  const rows = await run<KnownRow>(client, KNOWN_RUNS, [
    keyed.map(({ idempotencyKey }) => idempotencyKey),
    keyed.map(({ tenantId }) => tenantId),
    batch.map(({ runId }) => runId),
  ]);
  const known = new Map(before);
  for (const row of rows) {
    known.set(row.run_id, row);
    if (row.idempotency_key !== null) known.set(scopedKey(row.tenant_id, row.idempotency_key), row);
  }
  return known;
}

function toAdmitted(submission: Submission, verdict: Verdict | undefined): Admitted[] {
  if (verdict?.kind !== 'admit') return [];
  const { kind: _kind, ...terms } = verdict;
  return [{ submission, ...terms, events: submission.events(terms) }];
}

async function addLanes(client: PoolClient, { lanes }: Flush, admitted: Admitted[]): Promise<void> {
  const tenants = [...new Set(admitted.map(({ submission }) => submission.tenantId))].filter(
    (tenant) => !lanes.has(tenant),
  );
  if (tenants.length === 0) return;
  await run(client, ADD_LANES, [tenants]);
  for (const tenant of tenants) lanes.add(tenant);
}

/** The runs that are new, and whether they were claimed. */
async function insertRuns(
  client: PoolClient,
  flush: Flush,
  admitted: Admitted[],
  slots: number,
): Promise<Map<string, boolean>> {
  const events = admitted.flatMap(({ submission, events }) =>
    events.map((event) => ({ runId: submission.runId, event })),
  );
  const column = <T>(pick: (run: Admitted) => T): T[] => admitted.map(pick);
  const rows = await run<{ run_id: string; is_claimed: boolean }>(client, INSERT_RUNS, [
    column((run) => run.submission.runId),
    column((run) => runDay(run.submission.runId)),
    column((run) => run.submission.tenantId),
    column((run) => run.submission.agentId),
    column((run) => run.agentVersion),
    column(() => ENGINE_VERSION),
    column((run) => run.submission.goal),
    column((run) => run.submission.priority),
    column((run) => JSON.stringify(run.submission.labels)),
    column((run) => JSON.stringify(run.submission.context)),
    column((run) => run.maxSteps),
    column((run) => run.submission.idempotencyKey),
    column((run) => run.submission.requestHash),
    column((run) => run.submission.traceparent),
    column((run) => run.reserveMicrocents),
    column((run) => run.submission.createdAt),
    column((run) => run.events.length),
    events.map(({ runId }) => runDay(runId)),
    events.map(({ runId }) => runId),
    events.map(({ event }) => event.seq),
    events.map(({ event }) => event.type),
    events.map(({ event }) => event.time),
    events.map(({ event }) => JSON.stringify(event.data)),
    flush.workerId,
    flush.flushNo,
    claimed(admitted, slots),
    column((run) => run.submission.startAt),
    column((run) => run.submission.deadline),
    column((run) => run.submission.parent?.runId ?? null),
    column((run) => run.submission.parent?.stepId ?? null),
  ]);
  return new Map(rows.map(({ run_id, is_claimed }) => [run_id, is_claimed]));
}

/** The first of those that may start at once. */
function claimed(admitted: readonly Admitted[], slots: number): boolean[] {
  let left = slots;
  return admitted.map(({ submission }) => submission.startAt === null && left-- > 0);
}

function results(
  batch: Submission[],
  verdicts: Verdict[],
  known: Map<string, KnownRow>,
  stored: readonly (Admitted & { isClaimed: boolean })[],
): SubmitResult[] {
  const admitted = new Map(stored.map((run) => [run.submission.runId, run]));
  return batch.map((submission, index) => {
    const verdict = verdicts[index] ?? lostRace();
    if (verdict.kind === 'refuse') return verdict;
    const run = admitted.get(verdict.kind === 'repeat' ? verdict.runId : submission.runId);
    if (run !== undefined) {
      const { runId, agentId, tenantId, goal, createdAt } = run.submission;
      const status: RunStatus = run.submission.startAt === null ? 'queued' : 'waiting';
      const answer = {
        run_id: runId,
        agent_id: agentId,
        tenant_id: tenantId,
        status,
        goal,
        created_at: createdAt,
      };
      if (verdict.kind === 'admit') {
        return { kind: 'admitted', run: answer, events: run.events, isClaimed: run.isClaimed };
      }
      return { kind: 'repeated', run: answer };
    }
    const row = known.get(verdict.kind === 'repeat' ? verdict.runId : submission.runId) ?? lostRace();
    const { run_id, agent_id, tenant_id, goal, status } = row;
    return {
      kind: 'repeated',
      run: { run_id, agent_id, tenant_id, goal, status, created_at: row.created_at.toISOString() },
    };
  });
}

const scopedKey = (tenantId: string, key: string): string => `${tenantId}/${key}`;

import {
  fail,
  id,
  invalidRequest,
  succeed,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type StuckRun,
  type opsStuck,
} from '@aos/contracts';
import { stuckVerdict, type Fleet, type RunFacts } from '../../domain/ops/stuck-run.ts';
import { platformOnly } from './platform-only.ts';

/** An unfinished run that has told nothing for a while. */
export interface SilentRun extends RunFacts {
  runId: string;
  tenantId: string;
  agentId: string;
  /** Of its last event. */
  since: string;
}

export interface SilentRuns {
  /** Oldest first, without those that wait for a time to come; `tenantId` undefined: of all tenants. */
  list(page: {
    tenantId: string | undefined;
    silentMs: number;
    after: string | undefined;
    limit: number;
  }): Promise<SilentRun[]>;
  /** `nowMs`: the database's clock, by which leases and timers are judged. */
  fleet(): Promise<Fleet & { nowMs: number }>;
}

type Input = InputOf<typeof opsStuck>;
type Output = OutputOf<typeof opsStuck>;

/** Runs that do not move, each with the reason. */
export function listStuck(runs: SilentRuns) {
  return async (context: RequestContext, input: Input): Promise<StructuredOutcome<Output>> => {
    const refusal = input.all_tenants ? platformOnly(context) : undefined;
    if (refusal !== undefined) return refusal;
    const { cursor: after, limit } = input;
    if (after !== undefined && !id.safeParse(after).success) {
      return fail(
        invalidRequest([{ field: '/cursor', message: 'is not a cursor of this list; start without one' }]),
      );
    }
    const tenantId = input.all_tenants ? undefined : context.tenantId;
    const silentMs = input.older_than_seconds * 1000;
    const [found, fleet] = await Promise.all([
      runs.list({ tenantId, silentMs, after, limit: limit + 1 }),
      runs.fleet(),
    ]);
    const page = found.slice(0, limit);
    return succeed({
      data: page.flatMap((run) => view(run, fleet)),
      next_cursor: found.length > limit ? (page.at(-1)?.runId ?? null) : null,
    });
  };
}

function view(run: SilentRun, fleet: Fleet & { nowMs: number }): StuckRun[] {
  const verdict = stuckVerdict(run, fleet, fleet.nowMs);
  if (verdict === null) return [];
  return [
    {
      run_id: run.runId,
      tenant_id: run.tenantId,
      agent_id: run.agentId,
      status: run.status,
      ...verdict,
      since: run.since,
      waiting_reason: run.status === 'waiting' ? run.waitingReason : null,
      next_attempt_at: run.readyAtMs === null ? null : new Date(run.readyAtMs).toISOString(),
      worker_id: run.workerId,
      idle_claims: run.idleClaims,
    },
  ];
}

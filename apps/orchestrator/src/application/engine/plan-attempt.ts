import { succeed, type ErrorSpec, type RetryPolicy } from '@aos/contracts';
import { isNothing, type Spend } from '../../domain/skill/skill.ts';
import { askPlanner } from './ask-planner.ts';
import { spentFields } from './attempt-events.ts';
import { createdPlan } from './plan-events.ts';
import type { PlanningResult, PlanRequest } from './ports.ts';
import { reviewRun, type PlannerAnswer } from './review-run.ts';
import { retryAt, type Turn } from './turn.ts';

/** Of asking for a plan: a router that restarts, or a provider's bad minute, ends no run. */
const PLANNING_RETRY: RetryPolicy = {
  maximum_attempts: 5,
  initial_interval_ms: 2_000,
  backoff_coefficient: 3,
  maximum_interval_ms: 120_000,
};

interface RejectedPlan {
  attempt: number;
  error: ErrorSpec;
  latencyMs: number;
  spend: Spend;
}

/** One attempt at a plan, or at a decision how an adaptive run goes on, journalled. */
export async function attemptPlan(turn: Turn, attempt: number): Promise<void> {
  const { parts, claim, journal, traceparent, cut, leave } = turn;
  // Planning is paid: what led to it is durable first, and the process has its place.
  await journal.durable;
  await parts.lease.beforeEffect();
  const { state } = journal;
  const asking = { claim, state, traceparent, signal: AbortSignal.any([cut.signal, leave.signal]) };
  const { outcome, spend, latencyMs } = await askPlanner(parts.clock, asking, (request) =>
    state.plan === null ? planRun(turn, request) : reviewRun(turn, request),
  );
  if (outcome.ok) {
    const planId = parts.chance.newId();
    const time = new Date(parts.clock.now()).toISOString();
    void journal.add([outcome.value.event({ planId, spend, latencyMs }, time)]);
  } else if (cut.isRaised) {
    // A call that was cut says nothing of the goal; but what planning had cost is kept.
    if (!isNothing(spend)) reject(turn, { attempt, error: turn.cutError(), latencyMs, spend });
  } else if (!leave.isRaised) reject(turn, { attempt, error: outcome.error, latencyMs, spend });
}

async function planRun(
  { parts: { planner } }: Turn,
  request: PlanRequest,
): Promise<PlanningResult<PlannerAnswer>> {
  const { outcome, spend } = await planner.plan(request);
  if (!outcome.ok) return { outcome, spend };
  const planned = outcome.value;
  return {
    outcome: succeed({
      planner: planned.planner,
      event: (facts, time) => ({ type: 'plan.created', time, data: createdPlan(planned, facts) }),
    }),
    spend,
  };
}

function reject({ parts, journal }: Turn, { attempt, error, latencyMs, spend }: RejectedPlan): void {
  const nextAttemptAt = retryAt(parts, PLANNING_RETRY, attempt, error);
  const data = { attempt, error, latency_ms: latencyMs, next_attempt_at: nextAttemptAt };
  // What was answered is answered again to the next attempt, which then counts it.
  const spent = nextAttemptAt === null ? spentFields(spend) : {};
  void journal.tell('plan.rejected', { ...data, ...spent });
}

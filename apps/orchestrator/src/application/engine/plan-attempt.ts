import type { ErrorSpec, RetryPolicy } from '@aos/contracts';
import { isNothing, type Spend } from '../../domain/skill/skill.ts';
import { askForPlan } from './ask-for-plan.ts';
import { createdPlan, spentFields } from './attempt-events.ts';
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

/** One attempt at a plan, journalled. */
export async function attemptPlan(turn: Turn, attempt: number): Promise<void> {
  const { parts, claim, journal, traceparent, cut, leave } = turn;
  // Planning is paid: what led to it is durable first, and the process has its place.
  await journal.durable;
  await parts.lease.beforeEffect();
  const { outcome, spend, latencyMs } = await askForPlan(parts, {
    claim,
    state: journal.state,
    traceparent,
    signal: AbortSignal.any([cut, leave]),
  });
  if (outcome.ok) {
    const created = createdPlan(outcome.value, { planId: parts.chance.newId(), spend, latencyMs });
    void journal.tell('plan.created', created);
  } else if (cut.aborted) {
    // A call that was cut says nothing of the goal; but what planning had cost is kept.
    if (!isNothing(spend)) reject(turn, { attempt, error: turn.cutError(), latencyMs, spend });
  } else if (!leave.aborted) reject(turn, { attempt, error: outcome.error, latencyMs, spend });
}

function reject({ parts, journal }: Turn, { attempt, error, latencyMs, spend }: RejectedPlan): void {
  const nextAttemptAt = retryAt(parts, PLANNING_RETRY, attempt, error);
  const data = { attempt, error, latency_ms: latencyMs, next_attempt_at: nextAttemptAt };
  // What was answered is answered again to the next attempt, which then counts it.
  const spent = nextAttemptAt === null ? spentFields(spend) : {};
  void journal.tell('plan.rejected', { ...data, ...spent });
}

import { openSpan } from '@aos/telemetry';
import type { RunState } from '../../domain/run/state.ts';
import type { ClaimedRun, Clock, Planner, PlanningResult } from './ports.ts';

interface Asking {
  claim: ClaimedRun;
  state: RunState;
  /** Of the span that asks. */
  traceparent: string;
  signal: AbortSignal;
}

/** One attempt at a plan for a run, and how long it took. */
export async function askForPlan(
  { planner, clock }: { planner: Planner; clock: Clock },
  { claim, state, traceparent, signal }: Asking,
): Promise<PlanningResult & { latencyMs: number }> {
  const { runId, tenantId, agentId } = claim;
  const { goal, context, agentVersion, maxSteps, planning } = state;
  const span = openSpan('plan', {
    kind: 'internal',
    parent: traceparent,
    attributes: {
      'gen_ai.operation.name': 'plan',
      'gen_ai.agent.id': agentId,
      'aos.run_id': runId,
      'aos.attempt': planning.attempts + 1,
    },
  });
  const startedAtMs = clock.now();
  try {
    const result = await planner.plan({
      runId,
      tenantId,
      agentId,
      agentVersion,
      goal,
      context,
      maxSteps,
      budgetMicrocents: Math.max(0, state.reservedMicrocents - state.costMicrocents),
      keyNumber: planning.keyNumber,
      traceparent: span.traceparent,
      signal,
    });
    if (!result.outcome.ok) span.fail(result.outcome.error);
    else span.set({ 'aos.planner': result.outcome.value.planner });
    return { ...result, latencyMs: clock.now() - startedAtMs };
  } finally {
    span.end();
  }
}

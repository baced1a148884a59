import { openSpan } from '@aos/telemetry';
import { stepsLeft } from '../../domain/run/revision-rules.ts';
import type { RunState } from '../../domain/run/state.ts';
import type { ClaimedRun, Clock, PlanningResult, PlanRequest } from './ports.ts';

interface Asking {
  claim: ClaimedRun;
  state: RunState;
  /** Of the span that asks. */
  traceparent: string;
  signal: AbortSignal;
}

/** One attempt at an answer of a run's planner, and how long it took. */
export async function askPlanner<T extends { planner: string }>(
  clock: Clock,
  { claim, state, traceparent, signal }: Asking,
  question: (request: PlanRequest) => Promise<PlanningResult<T>>,
): Promise<PlanningResult<T> & { latencyMs: number }> {
  const { runId, tenantId, agentId } = claim;
  const { goal, context, agentVersion, adaptive, planning } = state;
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
    const result = await question({
      runId,
      tenantId,
      agentId,
      agentVersion,
      goal,
      context,
      maxSteps: stepsLeft(state),
      isAdaptive: adaptive !== null,
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

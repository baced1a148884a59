import { openSpan, type Span } from '@aos/telemetry';
import type { RunState } from '../../domain/run/state.ts';
import type { ClaimedRun } from './ports.ts';

/** Of a run's turn in a slot. */
export function openRunSpan({ tenantId, agentId, runId, traceparent }: ClaimedRun): Span {
  return openSpan('invoke_agent', {
    kind: 'internal',
    parent: traceparent,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.id': agentId,
      'aos.tenant_id': tenantId,
      'aos.run_id': runId,
    },
  });
}

/** Tells how the run left its slot. */
export function endRunSpan(span: Span, { status, outcome }: RunState): void {
  span.set({ 'aos.run_status': status });
  if (outcome?.error) span.fail(outcome.error);
  span.end();
}

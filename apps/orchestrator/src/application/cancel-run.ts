import {
  errorOf,
  fail,
  succeed,
  type InputOf,
  type RequestContext,
  type RunSummary,
  type StructuredOutcome,
  type runsCancel,
} from '@aos/contracts';
import { summaryView } from '../domain/run/view.ts';
import { signalRun, type SignalParts } from './signal-run.ts';

/** Asks for a run to be cancelled; one that is cancelled already is as it was wanted. */
export function cancelRun(parts: SignalParts) {
  return async (
    { tenantId }: RequestContext,
    { run_id: runId, reason, on_failure: onFailure }: InputOf<typeof runsCancel>,
  ): Promise<StructuredOutcome<RunSummary>> => {
    const signal = { signalId: parts.chance.newId(), runId, type: 'cancel' as const, reason, onFailure };
    const told = await signalRun(parts, tenantId, signal);
    if (!told.ok) return told;
    const { run, hasEnded } = told.value;
    if (hasEnded && run.status !== 'cancelled')
      return fail(errorOf('conflict', `the run has ended: ${run.status}`));
    return succeed(summaryView(run));
  };
}

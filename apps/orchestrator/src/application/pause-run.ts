import {
  errorOf,
  fail,
  succeed,
  type InputOf,
  type RequestContext,
  type RunSummary,
  type StructuredOutcome,
  type runsPause,
} from '@aos/contracts';
import { summaryView } from '../domain/run/view.ts';
import { signalRun, type SignalParts } from './signal-run.ts';

/** Asks for a run to be paused at its next step boundary; a paused run stays as it is. */
export function pauseRun(parts: SignalParts) {
  return async (
    { tenantId }: RequestContext,
    { run_id: runId }: InputOf<typeof runsPause>,
  ): Promise<StructuredOutcome<RunSummary>> => {
    const signal = { signalId: parts.chance.newId(), runId, type: 'pause' as const };
    const told = await signalRun(parts, tenantId, signal);
    if (!told.ok) return told;
    const { run, hasEnded } = told.value;
    if (hasEnded) return fail(errorOf('conflict', `the run has ended: ${run.status}; it cannot be paused`));
    return succeed(summaryView(run));
  };
}

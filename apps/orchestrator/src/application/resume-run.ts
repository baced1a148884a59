import {
  errorOf,
  fail,
  invalidRequest,
  succeed,
  type InputOf,
  type RequestContext,
  type RunSummary,
  type StructuredOutcome,
  type runsResume,
} from '@aos/contracts';
import { isOutcomeUnknown } from '../domain/run/decide.ts';
import { isUndoingUndecided } from '../domain/run/rollback.ts';
import { fold } from '../domain/run/evolve.ts';
import type { RunState, StepState } from '../domain/run/state.ts';
import { summaryView } from '../domain/run/view.ts';
import type { Decision } from './engine/ports.ts';
import { signalRun, type SignalParts } from './signal-run.ts';

type Resume = InputOf<typeof runsResume>;

/** Lets a paused run, or one that waits for a person, go on; any other goes on anyway. */
export function resumeRun(parts: SignalParts) {
  return async ({ tenantId }: RequestContext, resume: Resume): Promise<StructuredOutcome<RunSummary>> => {
    const { run_id: runId } = resume;
    const found = await parts.runs.findWithJournal(tenantId, runId);
    if (found === undefined) return fail(errorOf('not_found', `no run ${runId}`));
    const decision = decisionOf(resume, fold(found.events));
    if (!decision.ok) return decision;
    const signal = { signalId: parts.chance.newId(), runId, type: 'resume' as const };
    const told = await signalRun(parts, tenantId, { ...signal, decision: decision.value });
    if (!told.ok) return told;
    const { run, hasEnded } = told.value;
    if (!hasEnded) return succeed(summaryView(run));
    return fail(errorOf('conflict', `the run has ended: ${run.status}; to run it again, restart it`));
  };
}

/** A step whose outcome is not known, or that could not be undone, needs a decision, and only such a step takes one. */
function decisionOf({ step_id, outcome }: Resume, state: RunState): StructuredOutcome<Decision | null> {
  if (step_id !== undefined && outcome === undefined) {
    const message = 'is missing: say retry, skip or fail';
    return fail(invalidRequest([{ field: '/outcome', message }]));
  }
  // Of a run that is at work, calls under way look the same.
  const open = state.status === 'waiting' ? Object.values(state.steps).filter(isUndecided) : [];
  const ids = open.map(({ plan }) => plan.step_id);
  if (outcome === undefined) {
    const message = questionOf(state.waitingReason, state.rollback !== null, ids);
    return message === undefined ? succeed(null) : fail(errorOf('conflict', message));
  }
  if (state.rollback !== null && outcome === 'fail') {
    const message = 'must be retry or skip: the step is being undone';
    return fail(invalidRequest([{ field: '/outcome', message }]));
  }
  const stepId = step_id ?? (ids.length === 1 ? ids[0] : undefined);
  if (stepId !== undefined && ids.includes(stepId)) return succeed({ stepId, outcome });
  const message =
    ids.length === 0
      ? 'no step of the run waits for a decision'
      : `a decision is needed about ${ids.join(', ')}; name one as step_id`;
  return fail(errorOf('conflict', message));
}

const isUndecided = (step: StepState): boolean => isOutcomeUnknown(step) || isUndoingUndecided(step);

/** What a run that waits wants to be told; undefined: it needs no decision. */
function questionOf(reason: string | null, isUndoing: boolean, ids: readonly string[]): string | undefined {
  const steps = ids.join(', ');
  const answers = isUndoing ? 'retry or skip' : 'retry, skip or fail';
  if (reason === 'compensation_failed')
    return `${steps} could not be undone; say step_id and outcome: ${answers}`;
  if (reason !== 'unknown_outcome') return undefined;
  const effect = isUndoing ? `${steps} was undone` : `the effect of ${steps} happened`;
  return `whether ${effect} is not known; say step_id and outcome: ${answers}`;
}

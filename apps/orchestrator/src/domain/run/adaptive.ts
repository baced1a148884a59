import { centsOf, type EventData, type PlanRevision, type ReplanMoment } from '@aos/contracts';
import type { RunState, StepState } from './state.ts';

/** What only a run has whose planner is told of outcomes. */
export interface AdaptiveState {
  replan: ReplanMoment;
  /** A step has ended of which the planner was not told. */
  hasNews: boolean;
  /** Steps whose failure the planner was told of, and went on. */
  passedOver: readonly string[];
  /** How the planner ended the run; it is still to be finished. */
  ending: Ending | null;
  revisions: readonly PlanRevision[];
}

export type Ending = { decision: 'end' | 'give_up' } & Pick<
  EventData<'plan.reviewed'>,
  'output' | 'output_artifact' | 'error'
>;

/** Null: the run is planned once. */
export function adaptiveOf({ planning_mode, replan }: EventData<'run.queued'>): AdaptiveState | null {
  if (planning_mode !== 'adaptive') return null;
  const ending = null;
  return { replan: replan ?? 'on_failure', hasNews: false, passedOver: [], ending, revisions: [] };
}

/**
 * Whether the planner is to be told before anything new is begun: of a failure at once, of the rest when the plan has
 * come to its end, or after every step where that is wanted. `open`: steps that are not over.
 */
export function isReviewDue({ adaptive, failedStep }: RunState, open: number): boolean {
  if (adaptive === null) return false;
  if (failedStep !== null) return true;
  return adaptive.hasNews && (adaptive.replan === 'every_step' || open === 0);
}

/** After a step's end, whatever its outcome. */
export function withNews(state: RunState): RunState {
  return state.adaptive === null ? state : { ...state, adaptive: { ...state.adaptive, hasNews: true } };
}

/** A plan was made for an adaptive run: the first, or one in place of the steps that had not begun. `before`: the run as it was. */
export function withPlan(
  state: RunState,
  { before, data, time }: { before: RunState; data: EventData<'plan.created'>; time: string },
): RunState {
  if (state.adaptive === null) return state;
  const added = data.steps.map(({ step_id }) => step_id);
  const dropped = stepsToCome(before).filter((id) => !added.includes(id));
  const known = new Set(Object.keys(before.steps));
  const revision: PlanRevision = {
    ...revisionOf(data, time),
    decision: data.decision ?? 'plan',
    revises: data.revises ?? null,
    steps_added: added.filter((id) => !known.has(id)),
    steps_dropped: dropped,
  };
  return goneOn(state, revision);
}

/** The plan stands as it is, or the run ends here. */
export function withReview(state: RunState, data: EventData<'plan.reviewed'>, time: string): RunState {
  const { decision, output, output_artifact, error } = data;
  const told = goneOn(state, { ...revisionOf(data, time), decision });
  if (told.adaptive === null) throw new Error('the journal has a review of a run that is planned once');
  if (decision === 'continue') return told;
  const kept = output_artifact === undefined ? {} : { output_artifact };
  const ending: Ending = { decision, output, ...kept, error };
  const ended = { ...told, adaptive: { ...told.adaptive, ending } };
  if (decision === 'end') return ended;
  // The failure for which a run was given up stands: it begins again with it.
  const passedOver = state.adaptive?.passedOver ?? [];
  return { ...ended, failedStep: state.failedStep, adaptive: { ...ended.adaptive, passedOver } };
}

/** Steps that run again are news when they end; where none does, the planner is asked again. */
export function adaptiveAgain(
  adaptive: AdaptiveState | null,
  again: ReadonlySet<string>,
): AdaptiveState | null {
  if (adaptive === null) return null;
  const passedOver = adaptive.passedOver.filter((id) => !again.has(id));
  return { ...adaptive, hasNews: again.size === 0, ending: null, passedOver };
}

/** The steps of the plan in force that have not begun, in its order. */
function stepsToCome({ plan, steps }: RunState): string[] {
  const ids = (plan?.steps ?? []).map(({ step_id }) => step_id);
  return ids.filter((id) => steps[id]?.status === 'pending');
}

/** The planner knows of everything, and its next answer has a key of its own. */
function goneOn(state: RunState, revision: PlanRevision): RunState {
  const { adaptive, planning, steps } = state;
  if (adaptive === null) return state;
  const failed = Object.keys(steps).filter((id) => steps[id]?.status === 'failed');
  return {
    ...state,
    failedStep: null,
    planning: { attempts: 0, nextAttemptAt: null, error: null, keyNumber: planning.keyNumber + 1 },
    adaptive: {
      ...adaptive,
      hasNews: false,
      passedOver: failed,
      revisions: [...adaptive.revisions, revision],
    },
  };
}

function revisionOf(
  { plan_id, metadata, cost_microcents = 0 }: EventData<'plan.created' | 'plan.reviewed'>,
  time: string,
): Omit<PlanRevision, 'decision'> {
  const cost = { cost_microcents, cost_cents: centsOf(cost_microcents) };
  return {
    plan_id,
    revises: null,
    created_at: time,
    ...metadata,
    steps_added: [],
    steps_dropped: [],
    ...cost,
  };
}

/** What an adaptive run gives that its planner does not name: the result of the last step that succeeded. */
export function lastSuccess({ plan, steps }: RunState): StepState | undefined {
  const last = plan?.steps.findLast(({ step_id }) => steps[step_id]?.status === 'succeeded');
  return last && steps[last.step_id];
}

import {
  errorOf,
  fail,
  invalidRequest,
  succeed,
  type ArtifactRef,
  type EventData,
  type Plan,
  type PlanStep,
  type ReplayEffects,
  type ReplayedStep,
  type StructuredOutcome,
} from '@aos/contracts';
import { planAsRun } from '../run/revision-rules.ts';
import { stepsAgain } from '../run/restart.ts';
import { isTerminal, type RunState, type StepState } from '../run/state.ts';
import type { SkillRegistry } from '../skill/skill.ts';
import { changePlan, type ReplayChanges } from './changed-plan.ts';

export interface ReplayRequest {
  fromStep: string | undefined;
  effects: ReplayEffects;
  changes: ReplayChanges;
}

/** A run that has ended, and the files of its steps. */
export interface Origin {
  state: RunState;
  files: ReadonlyMap<string, readonly ArtifactRef[]>;
}

/** What a new run made of an old one begins with. */
export interface ParametricReplay {
  steps: PlanStep[];
  treatments: ReplayedStep[];
  /** Ends of steps that are taken over. */
  takenOver: { end: EventData<'step.finished'>; files: readonly ArtifactRef[] }[];
  recordings: EventData<'step.recorded'>[];
}

/** What replaying an ended run with changes means, or why it cannot be. */
export function replayParametric(
  origin: Origin,
  request: ReplayRequest,
  skills: SkillRegistry,
): StructuredOutcome<ParametricReplay> {
  const again = stepsOf(origin.state, request.fromStep);
  if (!again.ok) return again;
  const { plan, ids } = again.value;
  const { issues, denied, steps, changed } = changePlan(plan.steps, ids, request.changes, skills);
  if (issues.length > 0) return fail(invalidRequest([...issues, ...denied]));
  if (denied.length > 0)
    return fail(errorOf('egress_denied', invalidRequest(denied).message, { details: { issues: denied } }));
  const recordings = recordingsOf(origin, steps, ids, skills);
  const recorded = new Set(recordings.map(({ step_id }) => step_id));
  const treatmentOf = (step: PlanStep): ReplayedStep['treatment'] => {
    if (!ids.has(step.step_id)) return 'taken_over';
    const skill = skills.get(step.skill);
    if (skill === undefined || skill.isOnlyPaid === true || !skill.hasSideEffects(step.params)) return 'run';
    if (request.effects === 'execute') return 'execute';
    return recorded.has(step.step_id) ? 'recorded' : 'unrecorded';
  };
  return succeed({
    steps,
    treatments: steps.map((step) => ({
      step_id: step.step_id,
      skill: step.skill,
      treatment: treatmentOf(step),
      is_changed: changed.has(step.step_id),
    })),
    takenOver: takenOver(origin, plan, ids),
    recordings: request.effects === 'execute' ? [] : recordings,
  });
}

/** The steps that run again. */
function stepsOf(
  state: RunState,
  fromStep: string | undefined,
): StructuredOutcome<{ plan: Plan; ids: ReadonlySet<string> }> {
  const { status, steps } = state;
  const plan = planAsRun(state);
  if (!isTerminal(status))
    return fail(errorOf('conflict', `the run has not ended: ${status}; only an ended run is run again`));
  if (plan === null)
    return fail(errorOf('conflict', 'the run never had a plan: there is nothing to run again'));
  if (fromStep === undefined)
    return succeed({ plan, ids: new Set(plan.steps.map(({ step_id }) => step_id)) });
  if (Object.hasOwn(steps, fromStep)) return succeed({ plan, ids: stepsAgain(state, fromStep) });
  return fail(invalidRequest([{ field: '/from_step', message: `there is no step ${fromStep}` }]));
}

/** They have cost nothing here, and nothing was done. */
function takenOver({ state, files }: Origin, { steps }: Plan, again: ReadonlySet<string>) {
  return steps.flatMap(({ step_id, skill }) => {
    const step = state.steps[step_id];
    if (step === undefined || again.has(step_id)) return [];
    const { status, attempts, output, outputArtifact, error, startedAt } = step;
    const end: EventData<'step.finished'> = {
      step_id,
      skill,
      status: status === 'failed' || status === 'skipped' ? status : 'succeeded',
      attempts,
      output,
      ...(outputArtifact === null ? {} : { output_artifact: outputArtifact }),
      error,
      started_at: startedAt,
      latency_ms: 0,
      cost_microcents: 0,
      recorded: true,
    };
    return [{ end, files: files.get(step_id) ?? [] }];
  });
}

/** Of steps that may have side effects and have ended. */
function recordingsOf(
  { state, files }: Origin,
  plan: readonly PlanStep[],
  again: ReadonlySet<string>,
  skills: SkillRegistry,
): EventData<'step.recorded'>[] {
  return plan.flatMap(({ step_id, skill: name }): EventData<'step.recorded'>[] => {
    const [skill, step] = [skills.get(name), state.steps[step_id]];
    const isAnswered = skill !== undefined && skill.spec.side_effects !== 'none' && skill.isOnlyPaid !== true;
    if (step === undefined || !again.has(step_id) || !isAnswered || !hasOutcome(step)) return [];
    const { output, outputArtifact, error } = step;
    const kept = outputArtifact === null ? {} : { output_artifact: outputArtifact };
    return [{ step_id, output, ...kept, error, files: [...(files.get(step_id) ?? [])] }];
  });
}

/** Of a call; not one that a person or a cut brought about. */
function hasOutcome({ status, finishedAt }: StepState): boolean {
  return finishedAt !== null && (status === 'succeeded' || status === 'failed' || status === 'compensated');
}

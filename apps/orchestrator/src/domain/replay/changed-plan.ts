import type { InputIssue, PlanStep, PlanStepInput } from '@aos/contracts';
import { examinePlan } from '../plan/examine-plan.ts';
import type { SkillRegistry } from '../skill/skill.ts';
import { mergePatch } from './merge-patch.ts';

/** What is to be other than in the run that is replayed. */
export interface ReplayChanges {
  params?: Readonly<Record<string, PlanStep['params']>> | undefined;
  skills?: Readonly<Record<string, string>> | undefined;
  model?: string | undefined;
}

interface ChangedPlan {
  steps: PlanStep[];
  /** Steps that are other than they were. */
  changed: ReadonlySet<string>;
  issues: InputIssue[];
  /** Places that may not be reached. */
  denied: InputIssue[];
}

/** The plan with its changes, each step of `again` checked as in a goal; issues point into the changes where these are wrong. */
export function changePlan(
  plan: readonly PlanStep[],
  again: ReadonlySet<string>,
  changes: ReplayChanges,
  skills: SkillRegistry,
): ChangedPlan {
  const misplaced = misplacedIssues(plan, again, changes);
  const inputs = plan.map((step) => changedStep(step, again, changes, skills));
  const changed = new Set(
    plan.flatMap((step, index) =>
      JSON.stringify(inputs[index]) === JSON.stringify(inputOf(step)) ? [] : [step.step_id],
    ),
  );
  const examined = examinePlan(inputs, skills, { maxSteps: Number.MAX_SAFE_INTEGER });
  const toCaller = (issue: InputIssue): InputIssue[] => relevant(issue, plan, again, changes);
  const byId = new Map(examined.steps.map((step) => [step.step_id, step]));
  return {
    steps: plan.map((step) => (again.has(step.step_id) ? (byId.get(step.step_id) ?? step) : step)),
    changed,
    issues: [
      ...misplaced,
      ...modelIssues(inputs, again, changes, skills),
      ...examined.issues.flatMap(toCaller),
    ],
    denied: examined.denied.flatMap(({ field, message }) => toCaller({ field, message })),
  };
}

/** A step as a caller would write it. */
function inputOf({ skill_version: _version, compensate_with: undoing, ...step }: PlanStep): PlanStepInput {
  if (undoing === undefined) return step;
  const { skill_version: _undoingVersion, ...compensate_with } = undoing;
  return { ...step, compensate_with };
}

function changedStep(
  step: PlanStep,
  again: ReadonlySet<string>,
  { params, skills: swaps, model }: ReplayChanges,
  skills: SkillRegistry,
): PlanStepInput {
  const input = inputOf(step);
  if (!again.has(step.step_id)) return input;
  const skill = ownOf(swaps, step.step_id) ?? step.skill;
  const patch = ownOf(params, step.step_id) ?? {};
  const withModel = model !== undefined && takesModel(skill, skills) ? { model } : {};
  return { ...input, skill, params: mergePatch({ ...input.params, ...withModel }, patch) };
}

/** Whether the skill is a paid call of a model that its params name. */
function takesModel(name: string, skills: SkillRegistry): boolean {
  const skill = skills.get(name);
  const properties = skill?.spec.input_schema['properties'];
  return skill?.isOnlyPaid === true && Object.hasOwn(Object(properties), 'model');
}

function modelIssues(
  inputs: readonly PlanStepInput[],
  again: ReadonlySet<string>,
  { model }: ReplayChanges,
  skills: SkillRegistry,
): InputIssue[] {
  const isUsed = inputs.some(
    ({ step_id, skill }) => step_id !== undefined && again.has(step_id) && takesModel(skill, skills),
  );
  if (model === undefined || isUsed) return [];
  return [{ field: '/changes/model', message: 'no step that runs again calls a model' }];
}

/** Changes of steps that are not there, or that do not run again. */
function misplacedIssues(
  plan: readonly PlanStep[],
  again: ReadonlySet<string>,
  { params = {}, skills = {} }: ReplayChanges,
): InputIssue[] {
  const known = new Set(plan.map(({ step_id }) => step_id));
  const issuesOf = (area: string, ids: readonly string[]): InputIssue[] =>
    ids.flatMap((id): InputIssue[] => {
      const field = `/changes/${area}/${id}`;
      if (!known.has(id)) return [{ field, message: `there is no step ${id}` }];
      if (again.has(id)) return [];
      return [{ field, message: 'the step is taken over as it was; let from_step be it or one before it' }];
    });
  return [...issuesOf('params', Object.keys(params)), ...issuesOf('skills', Object.keys(skills))];
}

/** What is wrong with a step that runs again, where the caller can mend it. */
function relevant(
  { field, message }: InputIssue,
  plan: readonly PlanStep[],
  again: ReadonlySet<string>,
  changes: ReplayChanges,
): InputIssue[] {
  const [, , index = '', area = '', ...path] = field.split('/');
  const stepId = plan[Number(index)]?.step_id;
  if (index === '' || stepId === undefined) return [{ field, message }];
  if (!again.has(stepId)) return [];
  const isParams = area === 'params' && ownOf(changes.params, stepId) !== undefined;
  if (isParams) return [{ field: ['/changes/params', stepId, ...path].join('/'), message }];
  if (ownOf(changes.skills, stepId) !== undefined)
    return [{ field: `/changes/skills/${stepId}`, message: `${[area, ...path].join('/')}: ${message}` }];
  return [{ field, message: `the plan as it was, ${stepId}: ${message}` }];
}

function ownOf<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

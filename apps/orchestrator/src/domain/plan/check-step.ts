import type { InputIssue } from '@aos/contracts';
import type { JsonObject, Skill } from '../skill/skill.ts';
import type { EndedSteps } from './ended-steps.ts';
import { referencesIn } from './references.ts';

/** A call that a plan has made: a step, or what undoes it. */
export interface CallInPlan {
  /** JSON pointer to the call. */
  place: string;
  stepId: string;
  skill: Skill;
  params: JsonObject;
  /** Steps that are finished before the call; it may use their outputs. */
  upstream: ReadonlySet<string>;
  /** All steps of the plan. */
  known: ReadonlySet<string>;
  /** Steps of the run that have ended. */
  over: EndedSteps;
}

/** What is wrong with a call's params: their form, then what they refer to. */
export function paramIssues(step: CallInPlan): InputIssue[] {
  return [...inParams(step, step.skill.validate(step.params)), ...referenceIssues(step)];
}

/** Places named in a call's params that may not be reached. */
export function deniedPlaces(step: CallInPlan): InputIssue[] {
  return inParams(step, step.skill.forbiddenPlaces(step.params));
}

function referenceIssues(step: CallInPlan): InputIssue[] {
  const issues = referencesIn(step.params).flatMap(({ field, text, meaning }): InputIssue[] => {
    if (!meaning.ok) return [{ field, message: meaning.error.message }];
    if (meaning.value.kind !== 'output') return [];
    const message = outputProblem(meaning.value.stepId, step);
    return message === undefined ? [] : [{ field, message: `${text}: ${message}` }];
  });
  return inParams(step, issues);
}

function outputProblem(source: string, { stepId, upstream, known, over }: CallInPlan): string | undefined {
  const hasOutput = over.get(source);
  if (hasOutput !== undefined)
    return hasOutput ? undefined : `step ${source} has no output, it did not succeed`;
  if (source === stepId && !upstream.has(source)) return 'a step cannot use its own output';
  if (!known.has(source)) return `there is no step ${source}`;
  if (!upstream.has(source)) return `${stepId} does not come after ${source}; add it to depends_on`;
  return undefined;
}

function inParams({ place }: CallInPlan, issues: InputIssue[]): InputIssue[] {
  return issues.map(({ field, message }) => ({ field: `${place}/params${field}`, message }));
}

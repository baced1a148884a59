import { retryPolicy, type Compensation, type InputIssue } from '@aos/contracts';
import type { SkillRegistry } from '../skill/skill.ts';
import { unknownSkillMessage } from '../skill/unknown-skill.ts';
import type { CallInPlan } from './check-step.ts';
import type { NamedStep } from './step-ids.ts';

interface ExaminedCompensation {
  issues: InputIssue[];
  /** For a look at its params, which may use the step's own output; absent: there is no such skill. */
  call?: CallInPlan;
  compensation?: Compensation;
}

/** Reads what a caller wants a step undone with; undefined: nothing was said. */
export function examineCompensation(
  { input, index, stepId }: NamedStep,
  skills: SkillRegistry,
  { upstream, ...around }: Pick<CallInPlan, 'upstream' | 'known' | 'over'>,
): ExaminedCompensation | undefined {
  const given = input.compensate_with;
  if (given === undefined) return undefined;
  const place = `/plan/${index}/compensate_with`;
  const skill = skills.get(given.skill);
  if (skill === undefined)
    return { issues: [{ field: `${place}/skill`, message: unknownSkillMessage(given.skill, skills) }] };
  const { params } = given;
  return {
    issues: [],
    call: { place, stepId, skill, params, upstream: new Set([...upstream, stepId]), ...around },
    compensation: {
      skill: skill.spec.name,
      skill_version: skill.spec.version,
      params,
      timeout_ms: given.timeout_ms ?? skill.spec.timeout_ms,
      retry: given.retry ?? retryPolicy.parse({}),
    },
  };
}

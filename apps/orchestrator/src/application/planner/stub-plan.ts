import type { PlanStepInput, StructuredOutcome } from '@aos/contracts';
import { errorOf, fail, succeed } from '@aos/contracts';
import { normalisePlan } from '../../domain/plan/normalise-plan.ts';
import type { SkillRegistry } from '../../domain/skill/skill.ts';
import type { ReadPlan } from './read-plan.ts';

const STEP: PlanStepInput = {
  step_id: 'stub',
  skill: 'json_transform',
  params: { input: { goal: '${{ goal }}' }, query: '.' },
  description: 'stub planner: no model has planned this goal; the step only gives it back',
};

/** A plan of one labelled step that gives the goal back, in place of one that a model would make; `why` stands in it. */
export function stubPlan(
  skills: SkillRegistry,
  limits: { maxSteps: number },
  why: string,
): StructuredOutcome<ReadPlan> {
  const steps = normalisePlan([STEP], skills, limits);
  if (!steps.ok) {
    const message = `the stub planner's step cannot run here (${steps.error.message}); ${why}`;
    return fail(errorOf('planning_failed', message));
  }
  const reasoning = `This is the stub planner, no model was asked: ${why}`;
  return succeed({ steps: steps.value, reasoning });
}

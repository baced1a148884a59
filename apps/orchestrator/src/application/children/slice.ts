import { microcentsOf, type ChildRunInput } from '@aos/contracts';
import type { SkillRegistry } from '../../domain/skill/skill.ts';

/** What a child may cost: what its step says, else what its plan usually costs, else the default of a goal. */
export function sliceMicrocents(
  { budget_cents: budgetCents, plan }: Pick<ChildRunInput, 'budget_cents' | 'plan'>,
  skills: SkillRegistry,
  defaultEstCostCents: number,
): number {
  if (budgetCents !== undefined) return microcentsOf(budgetCents);
  if (plan === undefined) return microcentsOf(defaultEstCostCents);
  return plan.reduce(
    (sum, { skill, params }) => sum + (skills.get(skill)?.usualCostMicrocents(params) ?? 0),
    0,
  );
}

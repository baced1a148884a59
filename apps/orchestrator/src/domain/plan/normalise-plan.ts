import {
  errorOf,
  fail,
  invalidRequest,
  succeed,
  type PlanStep,
  type PlanStepInput,
  type StructuredOutcome,
} from '@aos/contracts';
import type { SkillRegistry } from '../skill/skill.ts';
import { examinePlan, type PlanLimits } from './examine-plan.ts';

export type { PlanLimits } from './examine-plan.ts';

/**
 * A plan as the engine runs it: ids, versions, timeouts and retries filled in, references checked, in a stable
 * topological order. Everything wrong with it comes in one failure whose issues point into `/plan`; where nothing is
 * wrong but places that may not be reached, the failure is `egress_denied`.
 */
export function normalisePlan(
  input: readonly PlanStepInput[],
  skills: SkillRegistry,
  limits: PlanLimits,
): StructuredOutcome<PlanStep[]> {
  const { steps, issues, denied } = examinePlan(input, skills, limits);
  const all = [...issues, ...denied.map(({ field, message }) => ({ field, message }))];
  if (issues.length > 0) return fail(invalidRequest(all));
  if (denied.length === 0) return succeed(steps);
  return fail(errorOf('egress_denied', invalidRequest(all).message, { details: { issues: all } }));
}

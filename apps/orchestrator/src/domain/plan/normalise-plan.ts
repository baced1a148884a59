import { errorOf, fail, type PlanStep, type PlanStepInput, type StructuredOutcome } from '@aos/contracts';
import type { SkillRegistry } from '../skill/skill.ts';

export interface PlanLimits {
  maxSteps: number;
}

/**
 * A plan as the engine runs it: ids, versions, timeouts and retries filled in, references checked, in a stable
 * topological order. Everything wrong with it comes in one failure whose issues point into `/plan`.
 */
export function normalisePlan(
  input: readonly PlanStepInput[],
  skills: SkillRegistry,
  limits: PlanLimits,
): StructuredOutcome<PlanStep[]> {
  void input;
  void skills;
  void limits;
  return fail(errorOf('internal', 'not built yet'));
}

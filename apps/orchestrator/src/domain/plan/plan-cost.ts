import type { PlanStep } from '@aos/contracts';
import type { SkillRegistry } from '../skill/skill.ts';

/** What undoes a step: the skill that the plan names, else the one that the step's skill declares; null: nothing does. */
export function compensatedBy(
  { skill, compensate_with: undo }: PlanStep,
  skills: SkillRegistry,
): string | null {
  return undo?.skill ?? skills.get(skill)?.spec.compensated_by ?? null;
}

/** What undoing a step usually costs. */
export function undoCostMicrocents(step: PlanStep, skills: SkillRegistry): number {
  const skill = skills.get(compensatedBy(step, skills) ?? '');
  return skill?.usualCostMicrocents(step.compensate_with?.params ?? {}) ?? 0;
}

/** What the steps usually cost, each called once, and what it costs to undo them all; micro-cents. */
export function usualCostOf(
  steps: readonly PlanStep[],
  skills: SkillRegistry,
): { forward: number; back: number } {
  let forward = 0;
  let back = 0;
  for (const step of steps) {
    forward += skills.get(step.skill)?.usualCostMicrocents(step.params) ?? 0;
    back += undoCostMicrocents(step, skills);
  }
  return { forward, back };
}

import type { PlanStep } from '@aos/contracts';

/** The skills that steps call, for themselves and to be undone; what a skill declares to undo it belongs to it. */
export function skillsOf(steps: readonly PlanStep[]): string[] {
  return [
    ...new Set(steps.flatMap(({ skill, compensate_with: undo }) => [skill, ...(undo ? [undo.skill] : [])])),
  ];
}

import type { InputIssue, PlanStepInput } from '@aos/contracts';
import type { StepNode } from './step-order.ts';

export interface NamedStep extends StepNode {
  input: PlanStepInput;
  /** In a plain sequence the step before, whose output is handed on. */
  previous: NamedStep | undefined;
}

/**
 * Gives every step an id (`step_<n>` where the caller gave none) and its dependencies. Where no step says what it depends
 * on, the plan is a plain sequence: each depends on the one before.
 */
export function nameSteps(input: readonly PlanStepInput[]): NamedStep[] {
  const taken = new Set(input.map(({ step_id }) => step_id));
  const isSequence = input.every(({ depends_on }) => depends_on === undefined);
  const named: NamedStep[] = [];
  for (const [index, step] of input.entries()) {
    const stepId = step.step_id ?? freeId(index, taken);
    taken.add(stepId);
    const previous = isSequence ? named.at(-1) : undefined;
    const dependsOn = previous === undefined ? [...new Set(step.depends_on)] : [previous.stepId];
    named.push({ index, stepId, dependsOn, input: step, previous });
  }
  return named;
}

export function repeatedIds(input: readonly PlanStepInput[]): InputIssue[] {
  const firstIndex = new Map<string, number>();
  return input.flatMap(({ step_id }, index): InputIssue[] => {
    if (step_id === undefined) return [];
    const first = firstIndex.get(step_id);
    firstIndex.set(step_id, first ?? index);
    if (first === undefined) return [];
    return [{ field: `/plan/${index}/step_id`, message: `${step_id} is the id of /plan/${first} already` }];
  });
}

function freeId(index: number, taken: ReadonlySet<string | undefined>): string {
  let number = index + 1;
  while (taken.has(`step_${number}`)) number += 1;
  return `step_${number}`;
}

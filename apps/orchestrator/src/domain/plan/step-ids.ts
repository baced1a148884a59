import type { InputIssue, PlanStepInput } from '@aos/contracts';
import { NONE_ENDED, type EndedSteps } from './ended-steps.ts';
import { stepsReferredTo } from './references.ts';
import type { StepNode } from './step-order.ts';

export interface NamedStep extends StepNode {
  input: PlanStepInput;
  /** In a plain sequence the step before, whose output is handed on. */
  previous: NamedStep | undefined;
}

/**
 * Gives every step an id (`step_<n>` where the caller gave none) and its dependencies. Where no step says what it depends
 * on, the plan is a plain sequence: each depends on the one before. What has ended comes before all of it: a sequence
 * goes on after the last of `over`, and a step depends on those of them it refers to.
 */
export function nameSteps(input: readonly PlanStepInput[], over: EndedSteps = NONE_ENDED): NamedStep[] {
  const taken = new Set([...over.keys(), ...input.map(({ step_id }) => step_id)]);
  const lastEnded = [...over.keys()].at(-1);
  const isSequence = input.every(({ depends_on }) => depends_on === undefined);
  const named: NamedStep[] = [];
  for (const [index, step] of input.entries()) {
    const stepId = step.step_id ?? freeId(index, taken);
    taken.add(stepId);
    const previous = isSequence ? named.at(-1) : undefined;
    const before = isSequence ? (previous?.stepId ?? lastEnded) : undefined;
    const said = before === undefined ? (step.depends_on ?? []) : [before];
    const dependsOn = [...new Set([...said, ...endedReferredTo(step, over)])];
    named.push({ index, stepId, dependsOn, input: step, previous });
  }
  return named;
}

function endedReferredTo({ params }: PlanStepInput, over: EndedSteps): string[] {
  return over.size === 0 ? [] : [...stepsReferredTo(params)].filter((id) => over.has(id));
}

export function repeatedIds(input: readonly PlanStepInput[], over: EndedSteps = NONE_ENDED): InputIssue[] {
  const firstIndex = new Map<string, number>();
  return input.flatMap(({ step_id }, index): InputIssue[] => {
    if (step_id === undefined) return [];
    if (over.has(step_id)) {
      const message = `${step_id} is the id of a step that has ended; take another`;
      return [{ field: `/plan/${index}/step_id`, message }];
    }
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

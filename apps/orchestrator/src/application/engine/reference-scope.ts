import type { ReferenceScope } from '../../domain/plan/references.ts';
import type { RunState } from '../../domain/run/state.ts';
import type { Json } from '../../domain/skill/skill.ts';

/** `loaded`: the outputs that stand not in the journal, by step. */
export function scopeOf(state: RunState, loaded: ReadonlyMap<string, Json>): ReferenceScope {
  const stepOf = (stepId: string) => (Object.hasOwn(state.steps, stepId) ? state.steps[stepId] : undefined);
  return {
    goal: state.goal,
    context: state.context,
    outputOf(stepId) {
      const step = stepOf(stepId);
      const hasOutput = step?.status === 'succeeded' || step?.status === 'compensated';
      return hasOutput ? (loaded.get(stepId) ?? step.output) : undefined;
    },
    isWithoutOutput(stepId) {
      const status = stepOf(stepId)?.status;
      return status === 'failed' || status === 'skipped';
    },
  };
}

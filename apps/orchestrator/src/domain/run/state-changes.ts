import type { ArtifactRef, RunStatus, StepStatus } from '@aos/contracts';
import { RUN_TRANSITIONS, STEP_TRANSITIONS, type RunState, type StepState } from './state.ts';

/** What an event says was spent. */
interface Spend {
  cost_microcents?: number | undefined;
  input_tokens?: number | undefined;
  output_tokens?: number | undefined;
}

/** Adds what was spent to a run's or a step's sums. */
export function charged<T extends { costMicrocents: number; inputTokens: number; outputTokens: number }>(
  sums: T,
  spend: Spend,
): T {
  return {
    ...sums,
    costMicrocents: sums.costMicrocents + (spend.cost_microcents ?? 0),
    inputTokens: sums.inputTokens + (spend.input_tokens ?? 0),
    outputTokens: sums.outputTokens + (spend.output_tokens ?? 0),
  };
}

/** A file written again under its name takes the place of the first. */
export function withArtifact(artifacts: readonly ArtifactRef[], artifact: ArtifactRef): ArtifactRef[] {
  return [...artifacts.filter(({ name }) => name !== artifact.name), artifact];
}

/** One that was written again meanwhile stays. */
export function withoutArtifact(
  artifacts: readonly ArtifactRef[],
  { name, sha256 }: Pick<ArtifactRef, 'name' | 'sha256'>,
): ArtifactRef[] {
  return artifacts.filter((artifact) => artifact.name !== name || artifact.sha256 !== sha256);
}

/** Throws where the plan has no such step: the journal is then not of this plan. */
export function withStep(state: RunState, stepId: string, change: (step: StepState) => StepState): RunState {
  const step = state.steps[stepId];
  if (step === undefined) throw new Error(`the journal names a step that is not in the plan: ${stepId}`);
  return { ...state, steps: { ...state.steps, [stepId]: change(step) } };
}

/** Throws on what is no transition. */
export function toStatus(state: RunState, status: RunStatus): RunState {
  if (!RUN_TRANSITIONS[state.status].includes(status))
    throw new Error(`run: ${state.status} → ${status} is no transition`);
  return { ...state, status };
}

/** Throws on what is no transition. */
export function toStepStatus(step: StepState, status: StepStatus): StepState {
  if (!STEP_TRANSITIONS[step.status].includes(status)) {
    throw new Error(`step ${step.plan.step_id}: ${step.status} → ${status} is no transition`);
  }
  return { ...step, status };
}

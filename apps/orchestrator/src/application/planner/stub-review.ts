import { succeed, type StructuredOutcome } from '@aos/contracts';
import type { RunState } from '../../domain/run/state.ts';
import type { Reviewed } from '../engine/ports.ts';

/** In place of what a model would decide: the plan goes on as it is, and after a failure the goal is given up; `why` stands in it. */
export function stubReview(
  { failedStep }: RunState,
  why: string,
): StructuredOutcome<Reviewed & { reasoning: string }> {
  const decision = failedStep === null ? 'continue' : 'give_up';
  return succeed({ decision, reasoning: `This is the stub planner, no model was asked: ${why}` });
}
